// SPDX-License-Identifier: GPL-2.0

//! Network devices, addresses and neighbours change, and a module hears of it.

use super::{load::STOCK, Expected, Run, Scenario};
use anyhow::{ensure, Context, Result};

pub const SCENARIOS: &[Scenario] = &[Scenario {
    name: "network-changes",
    script: "network_events.sh",
    // Elsewhere it is off, so that it sends nothing of its own accord.
    parameters: "ipv6.disable=0",
    verdict: heard,
    heard: Expected::Traffic,
    ..STOCK
}];

/// What the guest tries, and how the lines begin that the module must say then, in this order. It may say more: the kernel
/// also does things of its own accord.
const HEARD: [(&str, &[&str]); 8] = [
    (
        "interface",
        &[
            "eth0: PreUp, up: false, address 52:54:00:",
            "eth0: Up, up: true, address 52:54:00:",
            "eth0: PreChangeMtu, up: true",
            "eth0: ChangeMtu from 1500 to 1400",
            "eth0: PreChangeMtu, up: true",
            "eth0: ChangeMtu from 1400 to 1313",
            "eth0: ChangeMtu from 1313 to 1400",
            "eth0: PreChangeAddress from 52:54:00:",
            "eth0: ChangeAddress, up: true, address 52:54:00:aa:bb:cc, host: true",
            "eth0: Change of flags 0x1000",
            "eth0: ChangeTxQueueLen, ",
        ],
    ),
    (
        "upper",
        &[
            "upper0: PostInit, ",
            "upper0: Register, ",
            "eth0: PreChangeUpper upper0, master: true, linking: true",
            "eth0: ChangeUpper upper0, master: true, linking: true",
            "eth0: PreChangeUpper upper0, master: true, linking: false",
            "eth0: ChangeUpper upper0, master: true, linking: false",
            "eth0: PreChangeUpper upper0, master: false, linking: true",
            "eth0: ChangeUpper upper0, master: false, linking: true",
            "eth0: PreChangeUpper upper0, master: false, linking: false",
            "eth0: ChangeUpper upper0, master: false, linking: false",
            "upper0: Unregister, ",
        ],
    ),
    (
        "ipv4",
        &[
            "eth0: Up 192.0.2.1/24, host: true",
            "eth0: Up 192.0.2.2/25, host: true",
            "eth0: Down 192.0.2.2/25, host: true",
        ],
    ),
    (
        "neighbour",
        &[
            "neighbour Some(192.0.2.9) of 2 at 02:00:00:00:00:09: Permanent, valid: true, dead: false",
            "neighbour Some(192.0.2.9) of 2 at 02:00:00:00:00:09: Failed, valid: false, dead: false",
            "neighbour Some(192.0.2.9) of 2 at 02:00:00:00:00:09: Failed, valid: false, dead: true",
            "neighbour Some(192.0.2.10) of 2 at 00:00:00:00:00:00: Failed, valid: false, dead: false",
        ],
    ),
    (
        "settings",
        &[
            "delay of Some(2) is 7000 ms, IPv6: false",
            "delay of None is 6000 ms, IPv6: false",
            "Ipv4FwdUpdatePriorityUpdate(Namespace { is_initial: true })",
        ],
    ),
    (
        "ipv6",
        &[
            "2: Up 2001:db8::1/64",
            "2: Down 2001:db8::1/64",
            "delay of Some(2) is 5000 ms, IPv6: true",
            "Ipv6MpathHashUpdate(Namespace { is_initial: true })",
        ],
    ),
    (
        "down",
        &[
            "eth0: GoingDown, up: true",
            "2: Down fe80::",
            "eth0: Down, up: false",
            "wan0: ChangeName, up: false",
        ],
    ),
    (
        "end",
        &["lo: Unregister, ", "wan0: Unregister, "],
    ),
];

/// What it must say besides if the kernel can do it: it has several paths for IPv4, and network namespaces.
const IF_THERE: [(&str, &[&str]); 2] = [
    (
        "paths",
        &["Ipv4MpathHashUpdate(Namespace { is_initial: true })"],
    ),
    (
        "namespace",
        &[
            "wan0: Unregister, up: false, address 52:54:00:aa:bb:cc, host: true",
            "wan0: Register, up: false, address 52:54:00:aa:bb:cc, host: false",
            "wan0: Unregister, up: false, address 52:54:00:aa:bb:cc, host: false",
            "wan0: Register, up: false, address 52:54:00:aa:bb:cc, host: true",
        ],
    ),
];

fn heard(run: &mut Run) -> Result<()> {
    run.ended_well()?;
    let console = run.stage.machine.lines();
    let said = |tried: &str| {
        let mark = format!("] trying {tried}");
        let mut said = console.split(|line| line.contains("] trying "));
        let tries = console.iter().filter(|line| line.contains("] trying "));
        said.next();
        tries
            .zip(said)
            .find(|(line, _)| line.ends_with(&mark))
            .map(|(_, said)| said)
    };
    for (tried, wanted) in HEARD {
        let said = said(tried).with_context(|| format!("the guest does not try {tried}"))?;
        in_order(said, wanted).context(tried)?;
    }
    for (tried, wanted) in IF_THERE {
        if let Some(said) = said(tried) {
            in_order(said, wanted).context(tried)?;
        }
    }
    Ok(())
}

/// The module says these one after the other, perhaps with others between them.
fn in_order(console: &[String], wanted: &[&str]) -> Result<()> {
    let mut said = console
        .iter()
        .filter_map(|line| line.split_once("] network_events: "))
        .map(|(_, said)| said);
    for wanted in wanted {
        ensure!(
            said.any(|said| said.starts_with(wanted)),
            "the module does not say {wanted:?}, or not where it must"
        );
    }
    Ok(())
}
