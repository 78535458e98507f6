// SPDX-License-Identifier: GPL-2.0

//! Instructions of x86-64.

use super::architecture::{Architecture, Flow, Instruction};
use iced_x86::{Decoder, DecoderOptions, FlowControl, Formatter, GasFormatter};

pub const ARCHITECTURE: Architecture = Architecture {
    name: "x86-64",
    decode,
};

fn decode(code: &[u8], at: usize) -> Option<Instruction> {
    let rest = code.get(at..)?;
    let instruction = Decoder::with_ip(64, rest, at as u64, DecoderOptions::NONE).decode();
    if instruction.is_invalid() {
        return None;
    }
    let mut text = String::new();
    let mut formatter = GasFormatter::new();
    formatter.options_mut().set_branch_leading_zeros(false);
    formatter.format(&instruction, &mut text);
    Some(Instruction {
        text,
        flow: match instruction.flow_control() {
            FlowControl::Next => Flow::Next,
            FlowControl::ConditionalBranch => Flow::Conditional,
            FlowControl::Call => Flow::Call,
            FlowControl::UnconditionalBranch => {
                Flow::Jump(usize::try_from(instruction.near_branch_target()).ok()?)
            }
            FlowControl::Return => Flow::Return,
            _ => Flow::Unknown,
        },
        length: instruction.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_the_cpu_goes_is_read() {
        for (code, text, to) in [
            (&[0x85, 0xff][..], "test %edi,%edi", Flow::Next),
            (&[0x74, 0x02], "je 4", Flow::Conditional),
            (&[0xe8, 0, 0, 0, 0], "call 5", Flow::Call),
            (&[0xe9, 0, 0, 0, 0], "jmp 5", Flow::Jump(5)),
            (&[0xc3], "ret", Flow::Return),
            (&[0xff, 0xe0], "jmp *%rax", Flow::Unknown),
            (&[0x0f, 0x0b], "ud2", Flow::Unknown),
        ] {
            let expected = Instruction {
                text: text.to_owned(),
                flow: to,
                length: code.len(),
            };
            assert_eq!(decode(code, 0), Some(expected));
        }
        assert_eq!(decode(&[0x06], 0), None);
        assert_eq!(decode(&[], 0), None);
    }
}
