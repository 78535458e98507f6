// SPDX-License-Identifier: GPL-2.0

//! How the cost of a call grows with the length of the chain, as a drawing.

use super::rounds::Comparison;
use anyhow::{anyhow, Result};
use plotters::prelude::*;
use std::path::Path;

const KINDS: [(&str, RGBColor); 4] = [
    ("atomic", RGBColor(0xd5, 0x5e, 0x00)),
    ("blocking", RGBColor(0x00, 0x72, 0xb2)),
    ("srcu", RGBColor(0x00, 0x9e, 0x73)),
    ("raw", RGBColor(0xcc, 0x79, 0xa7)),
];

/// Draws both cases, one beside the other: lines for Rust, circles for C.
pub fn draw(file: &Path, comparisons: &[Comparison]) -> Result<()> {
    // What plotters says borrows the file's name.
    try_draw(file, comparisons).map_err(|error| anyhow!("cannot draw {}: {error}", file.display()))
}

fn try_draw<'a>(
    file: &'a Path,
    comparisons: &[Comparison],
) -> std::result::Result<(), Box<dyn std::error::Error + 'a>> {
    let area = SVGBackend::new(file, (960, 420)).into_drawing_area();
    area.fill(&WHITE)?;
    for (half, case) in area
        .split_evenly((1, 2))
        .iter()
        .zip(["predicted", "unpredicted"])
    {
        let mut chart = ChartBuilder::on(half)
            .caption(format!("one call, callbacks {case}"), ("sans-serif", 16))
            .margin(12)
            .x_label_area_size(36)
            .y_label_area_size(52)
            .build_cartesian_2d((0.8f64..1300.0).log_scale(), (1.0f64..20_000.0).log_scale())?;
        chart
            .configure_mesh()
            .x_desc("notifiers on the chain")
            .y_desc("nanoseconds")
            .max_light_lines(0)
            .x_label_formatter(&|length| format!("{length}"))
            .y_label_formatter(&|ns| format!("{ns}"))
            .draw()?;
        for (kind, color) in KINDS {
            let points = |of: fn(&Comparison) -> f64| {
                comparisons
                    .iter()
                    .filter(|one| one.measure == "calls")
                    .filter(|one| one.is("kind", kind) && one.is("callbacks", case))
                    .filter_map(move |one| Some((one.value("length")?.parse().ok()?, of(one))))
                    .filter(|(length, _): &(f64, f64)| *length > 0.0)
            };
            chart
                .draw_series(LineSeries::new(points(|one| one.rust().median), color))?
                .label(format!("{kind}: line Rust, circles C"))
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], color));
            chart.draw_series(points(|one| one.c().median).map(|at| Circle::new(at, 4, color)))?;
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::UpperLeft)
            .background_style(WHITE)
            .draw()?;
    }
    area.present()?;
    Ok(())
}
