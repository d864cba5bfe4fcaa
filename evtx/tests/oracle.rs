//! Every record and every value equal to what the crate `evtx` makes of it, over real logs.
//!
//! The logs are those beside this repository; without them the tests pass and say that nothing was compared.

mod common;

use std::collections::BTreeMap;
use std::path::Path;

use common::{Row, events, logs, rows};
use evtx::{EvtxParser, ParserSettings};

/// Records of a log by the crate: number and XML, or null where it fails.
fn theirs(path: &Path) -> Vec<(u64, String)> {
    let settings = ParserSettings::new().num_threads(1).indent(false);
    let mut parser = EvtxParser::from_path(path).unwrap().with_configuration(settings);
    parser.records().filter_map(Result::ok).map(|record| (record.event_record_id, record.data)).collect()
}

/// Records by number; a log that was torn may hold two of one number, which are told apart by their order.
fn by_number<T>(records: impl Iterator<Item = (u64, T)>) -> BTreeMap<(u64, usize), T> {
    let mut times = BTreeMap::new();
    let mut found = BTreeMap::new();
    for (number, record) in records {
        let time: &mut usize = times.entry(number).or_default();
        found.insert((number, *time), record);
        *time += 1;
    }
    found
}

#[test]
fn every_value_is_equal_to_the_crates() {
    let mut compared = 0;
    let mut different = Vec::new();
    for path in logs() {
        let ours = by_number(rows(&path).into_iter().map(|row| (row.number, row)));
        for (key, xml) in by_number(theirs(&path).into_iter()) {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            match ours.get(&key) {
                None => different.push(format!("{name} {key:?}: only the crate has it")),
                Some(row) => {
                    compared += 1;
                    different.extend(differences(row, &xml).into_iter().map(|words| format!("{name} {key:?}: {words}")));
                }
            }
        }
    }
    eprintln!("{compared} records compared, {} differences", different.len());
    for words in different.iter().take(40) {
        eprintln!("  {words}");
    }
    assert!(different.is_empty());
}

fn differences(row: &Row, xml: &str) -> Vec<String> {
    let (theirs, ours) = (events(xml), events(&row.xml));
    let mut found = Vec::new();
    if theirs != ours {
        let place = theirs.iter().zip(&ours).position(|(one, other)| one != other);
        let at = place.unwrap_or(theirs.len().min(ours.len()));
        found.push(format!("XML: theirs {:?}, ours {:?}", theirs.get(at), ours.get(at)));
    }
    found
}
