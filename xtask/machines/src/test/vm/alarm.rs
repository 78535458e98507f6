// SPDX-License-Identifier: GPL-2.0

//! The alarm of `panic_alarm`, which is heard.

use crate::{
    initramfs::{self, Initramfs},
    kernel::Flavour,
    machine::Boot,
    model::LEAN_ALONE,
    modules, pace,
    test::{report::Report, splat, Bench},
};
use anyhow::{ensure, Context, Result};
use std::{fs, path::Path, time::Duration};

/// The test, and the kernel that it boots.
pub const TEST: (&str, Flavour) = ("alarm", Flavour::LEAN);

/// What the module is told to sound, in hertz. Not its default.
const PITCH: u32 = 440;

pub fn run(bench: &Bench<'_>, report: &Report) {
    report.test(&format!("vm/{}", TEST.0), || alarm(bench));
}

fn alarm(bench: &Bench<'_>) -> Result<()> {
    let target = bench.target(TEST.1)?;
    let folder = tempfile::tempdir()?;
    let initramfs = folder.path().join("initramfs");
    let sound = folder.path().join("sound.wav");
    Initramfs::new(bench.toolbox, LEAN_ALONE.kernel.arch)?
        .module(modules::named(&target.modules, "panic_alarm")?)?
        .scenario(&fs::read(initramfs::guest("alarm.sh"))?)?
        .write(&initramfs)?;
    let mut machine = Boot {
        model: LEAN_ALONE,
        kernel: &target.kernel,
        initramfs: &initramfs,
        // It sounds until then. On a loaded machine, the emulator records less of it.
        cmdline: &format!("panic=10 pitch={PITCH}"),
        frames_to: None,
        disk: None,
        sound: Some(&sound),
        log: &bench.log("vm/alarm"),
        limit: pace::limit(Duration::from_secs(60)),
    }
    .start(bench.toolbox)?;
    machine.expect(r"panic_alarm: frequency=7: give hertz from 20 to 20000$")?;
    machine.expect(r"panic_alarm: alarm: sysrq triggered crash$")?;
    machine.wait_off()?;
    splat::none_in(&machine.lines())?;

    let heard = pitch(&sound)?;
    ensure!(
        heard.abs_diff(PITCH) <= PITCH / 50,
        "heard {heard} Hz instead of {PITCH}"
    );
    Ok(())
}

/// The pitch of what can be heard in a file, in hertz: how often the wave swings through zero.
fn pitch(file: &Path) -> Result<u32> {
    let mut sound = hound::WavReader::open(file).context("the machine has no sound")?;
    let (rate, channels) = (sound.spec().sample_rate, sound.spec().channels);
    let samples: Vec<i16> = sound
        .samples()
        .step_by(usize::from(channels))
        .collect::<Result<_, _>>()?;
    let wave: Vec<_> = samples
        .iter()
        .copied()
        .skip_while(|&sample| sample == 0)
        .collect();
    let swings = wave
        .windows(2)
        .filter(|pair| pair[0] < 0 && pair[1] >= 0)
        .count();
    let length = wave.len() as f64 / f64::from(rate);
    ensure!(length > 0.5, "{length:.2} seconds of sound are too little");
    Ok((swings as f64 / length) as u32)
}
