// SPDX-License-Identifier: GPL-2.0

//! Functions that never return: what comes after a call of one is other code, which happens to lie
//! there.

use crate::image::{Function, Image};
use iced_x86::{Decoder, DecoderOptions, FlowControl, Instruction, Mnemonic};
use std::collections::HashSet;

/// Finds those that have neither a return in them nor a jump out of them.
pub fn never_return(image: &Image) -> HashSet<u64> {
    image
        .functions()
        .iter()
        .filter(|function| !may_return(image, function))
        .map(|function| function.start)
        .collect()
}

fn may_return(image: &Image, function: &Function) -> bool {
    let Some(bytes) = image.bytes(function.start) else {
        return true;
    };
    let len = usize::try_from(function.end - function.start).unwrap_or(usize::MAX);
    let bytes = &bytes[..bytes.len().min(len)];
    let mut decoder = Decoder::with_ip(64, bytes, function.start, DecoderOptions::NONE);
    let mut instruction = Instruction::default();
    // One that runs into the next function does return from there.
    let mut runs_on = true;
    while decoder.can_decode() {
        decoder.decode_out(&mut instruction);
        if instruction.is_invalid() {
            return true;
        }
        let inside = function.start..function.end;
        runs_on = match instruction.flow_control() {
            FlowControl::Return | FlowControl::IndirectBranch => return true,
            FlowControl::UnconditionalBranch | FlowControl::ConditionalBranch
                if !inside.contains(&instruction.near_branch_target()) =>
            {
                return true;
            }
            FlowControl::Call | FlowControl::UnconditionalBranch | FlowControl::Exception => false,
            // Between functions.
            _ if matches!(instruction.mnemonic(), Mnemonic::Int3 | Mnemonic::Nop) => runs_on,
            _ => true,
        };
    }
    runs_on
}
