// SPDX-License-Identifier: GPL-2.0

//! Instructions of arm64.

use super::architecture::{Architecture, Flow, Instruction};
use yaxpeax_arch::{Decoder, U8Reader};
use yaxpeax_arm::armv8::a64::{InstDecoder, Opcode, Operand};

pub const ARCHITECTURE: Architecture = Architecture {
    name: "arm64",
    decode,
};

/// Each has as many bytes.
const LENGTH: usize = 4;

fn decode(code: &[u8], at: usize) -> Option<Instruction> {
    let mut reader = U8Reader::new(code.get(at..at + LENGTH)?);
    let instruction = InstDecoder::default().decode(&mut reader).ok()?;
    Some(Instruction {
        text: instruction.to_string(),
        flow: match (instruction.opcode, instruction.operands[0]) {
            (Opcode::B, Operand::PCOffset(by)) => {
                Flow::Jump(at.checked_add_signed(isize::try_from(by).ok()?)?)
            }
            (opcode, _) => flow(opcode),
        },
        length: LENGTH,
    })
}

fn flow(opcode: Opcode) -> Flow {
    use Opcode::*;
    match opcode {
        Bcc(_) | BCcc(_) | CBZ | CBNZ | TBZ | TBNZ => Flow::Conditional,
        BL => Flow::Call,
        RET | RETAA | RETAB | RETAASPPC | RETABSPPC | RETAASPPCR | RETABSPPCR => Flow::Return,
        // To an address in a register; out of the kernel or into something above it; and what stops.
        BR | BRAA | BRAAZ | BRAB | BRABZ | BLR | BLRAA | BLRAAZ | BLRAB | BLRABZ | ERET
        | ERETAA | ERETAB | SVC | HVC | SMC | BRK | HLT | UDF | DRPS => Flow::Unknown,
        _ => Flow::Next,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_the_cpu_goes_is_read() {
        for (code, text, to) in [
            // As `bti c` is called where it does nothing.
            (0xd503_245f_u32, "hint #0x22", Flow::Next),
            (0xd503_233f, "paciasp", Flow::Next),
            (0xb940_0048, "ldr w8, [x2]", Flow::Next),
            (0x1a9f_07e0, "cset w0, ne", Flow::Next),
            (0x5400_0040, "b.eq $+0x8", Flow::Conditional),
            (0xb400_0060, "cbz x0, $+0xc", Flow::Conditional),
            (0x3600_0040, "tbz w0, #0x0, $+0x8", Flow::Conditional),
            (0x9400_0000, "bl $+0x0", Flow::Call),
            (0x1400_0002, "b $+0x8", Flow::Jump(8)),
            (0xd65f_03c0, "ret", Flow::Return),
            (0xd65f_0bff, "retaa", Flow::Return),
            (0xd63f_0100, "blr x8", Flow::Unknown),
            (0xd61f_0100, "br x8", Flow::Unknown),
            (0xd420_0020, "brk #0x1", Flow::Unknown),
            (0xd400_0001, "svc #0x0", Flow::Unknown),
        ] {
            let expected = Instruction {
                text: text.to_owned(),
                flow: to,
                length: LENGTH,
            };
            assert_eq!(decode(&code.to_le_bytes(), 0), Some(expected));
        }
    }

    #[test]
    fn what_is_no_instruction_is_told() {
        assert_eq!(decode(&[0xff; 4], 0), None);
        assert_eq!(decode(&[0xc0, 0x03, 0x5f], 0), None);
    }
}
