// SPDX-License-Identifier: GPL-2.0

//! Which line of the source an instruction is of, if the module still knows.

use crate::{check::Answer, module::Module};
use addr2line::{
    gimli::{Dwarf, EndianSlice, Error, LittleEndian},
    Context,
};

/// Adds to each finding where it is in the source.
pub fn add(module: &Module, answer: &mut Answer) {
    let section = |name: &str| {
        let bytes = module.debug.get(name).map(Vec::as_slice);
        EndianSlice::new(bytes.unwrap_or_default(), LittleEndian)
    };
    // Without debug information, or with some that cannot be read, there are no lines.
    let dwarf = Dwarf::load(|id| Ok::<_, Error>(section(id.name())));
    let Ok(context) = dwarf.and_then(Context::from_dwarf) else {
        return;
    };
    // A jump may go to where there is no code at all.
    let in_code = |site| module.image.is_code(site);
    for finding in answer
        .findings
        .iter_mut()
        .filter(|finding| in_code(finding.site))
    {
        let Ok(Some(location)) = context.find_location(finding.site) else {
            continue;
        };
        if let (Some(file), Some(line)) = (location.file, location.line) {
            finding.line = Some(format!("{file}:{line}"));
        }
    }
}
