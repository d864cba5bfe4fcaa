//! Every record and every value equal to what the crate `evtx` makes of it, over real logs.
//!
//! The logs are those beside this repository; without them the tests pass and say that nothing was compared.

use std::collections::BTreeMap;
use std::path::Path;

use crate::common::{Row, Step, events, logs, normal, rows};
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

/// What only the crate gives: two records whose second half was overwritten with zeros. It makes an event 0 without
/// a provider of them; here they are lost, with their numbers.
const INVENTED: [(&str, u64); 2] =
    [("Microsoft-Windows-HelloForBusiness%4Operational.evtx", 6), ("sample_with_a_bad_chunk_magic.evtx", 46741)];

#[test]
fn every_value_is_equal_to_the_crates() {
    let (mut compared, mut different) = (0, Vec::new());
    for path in logs() {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let ours = by_number(rows(&path).into_iter().map(|row| (row.number, row)));
        for (key, xml) in by_number(theirs(&path).into_iter()) {
            match ours.get(&key) {
                None if INVENTED.contains(&(name.as_str(), key.0)) => {}
                None => different.push(format!("{name} {key:?}: only the crate has it")),
                Some(row) => {
                    compared += 1;
                    different.extend(differences(row, &xml).map(|words| format!("{name} {key:?}: {words}")));
                }
            }
        }
    }
    eprintln!("{compared} records compared");
    assert!(
        different.is_empty(),
        "{} differences, such as {:#?}",
        different.len(),
        &different[..different.len().min(20)]
    );
}

/// The first difference of the whole events, and every difference of the columns.
fn differences(row: &Row, xml: &str) -> impl Iterator<Item = String> {
    let (theirs, ours) = (events(xml), events(&row.xml));
    let mut found = Vec::new();
    if theirs.len() != ours.len() || theirs.iter().zip(&ours).any(|(one, other)| !alike(one, other)) {
        let place = theirs.iter().zip(&ours).position(|(one, other)| !alike(one, other));
        let at = place.unwrap_or(theirs.len().min(ours.len()));
        found.push(format!("XML: theirs {:?}, ours {:?}", theirs.get(at), ours.get(at)));
    }
    found.extend(system_differences(row, &theirs));
    found.extend(field_differences(row, &theirs));
    found.into_iter()
}

/// Equal, but for a character that XML cannot hold: `_` there, U+FFFD here.
fn alike(one: &Step, other: &Step) -> bool {
    one == other
        || matches!((one, other), (Step::Text(one), Step::Text(other)) if one.replace('_', "\u{fffd}") == other.replace('_', "\u{fffd}"))
}

/// Where each System column stands in the XML.
const SYSTEM: [(&str, &str, &str); 19] = [
    ("provider", "Provider", "Name"),
    ("provider_guid", "Provider", "Guid"),
    ("event_source", "Provider", "EventSourceName"),
    ("event_id", "EventID", ""),
    ("qualifiers", "EventID", "Qualifiers"),
    ("version", "Version", ""),
    ("level", "Level", ""),
    ("task", "Task", ""),
    ("opcode", "Opcode", ""),
    ("keywords", "Keywords", ""),
    ("time", "TimeCreated", "SystemTime"),
    ("record", "EventRecordID", ""),
    ("activity_id", "Correlation", "ActivityID"),
    ("related_activity_id", "Correlation", "RelatedActivityID"),
    ("process_id", "Execution", "ProcessID"),
    ("thread_id", "Execution", "ThreadID"),
    ("channel", "Channel", ""),
    ("computer", "Computer", ""),
    ("user", "Security", "UserID"),
];

fn system_differences(row: &Row, theirs: &[Step]) -> Vec<String> {
    let mut found = Vec::new();
    for (column, element, attribute) in SYSTEM {
        let theirs = system_value(theirs, element, attribute).filter(|value| !value.is_empty());
        let ours =
            row.system.iter().find(|(name, _)| name == column).and_then(|(_, value)| value.as_deref()).map(normal);
        if theirs != ours {
            found.push(format!("{column}: theirs {theirs:?}, ours {ours:?}"));
        }
    }
    found
}

fn system_value(steps: &[Step], element: &str, attribute: &str) -> Option<String> {
    let place = steps.iter().position(|step| matches!(step, Step::Start(name, _) if name == element))?;
    let Step::Start(_, attributes) = &steps[place] else { return None };
    if !attribute.is_empty() {
        return attributes.iter().find(|(name, _)| name == attribute).map(|(_, value)| value.clone());
    }
    match steps.get(place + 1) {
        Some(Step::Text(text)) => Some(text.clone()),
        _ => None,
    }
}

/// Fields of EventData that are no more than a name and a text, against the column `fields`.
fn field_differences(row: &Row, theirs: &[Step]) -> Vec<String> {
    let Some(place) = theirs.iter().position(|step| matches!(step, Step::Start(name, _) if name == "EventData")) else {
        return Vec::new();
    };
    let mut expected = Vec::new();
    let mut at = place + 1;
    while let Some(Step::Start(element, attributes)) = theirs.get(at) {
        let name = attributes.iter().find(|(name, _)| name == "Name").map_or(element, |(_, value)| value);
        match (theirs.get(at + 1), theirs.get(at + 2)) {
            (Some(Step::End(_)), _) => {
                expected.push((name.clone(), String::new()));
                at += 2;
            }
            (Some(Step::Text(text)), Some(Step::End(_))) => {
                expected.push((name.clone(), text.replace('_', "\u{fffd}")));
                at += 3;
            }
            _ => return Vec::new(), // elements in elements: the XML is compared
        }
    }
    // XML cannot hold control characters, and an element whose value is NULL is not there
    let plain = |text: &str| {
        text.replace('_', "\u{fffd}")
            .replace(|c: char| c < ' ' && !"\t\n\r".contains(c) || ('\u{fffe}'..='\u{ffff}').contains(&c), "\u{fffd}")
    };
    let ours = row.fields.iter().filter(|(_, value)| value.as_ref().is_some_and(|value| !value.is_empty()));
    let ours: Vec<_> = ours.map(|(name, value)| (name.clone(), normal(&plain(value.as_deref().unwrap())))).collect();
    expected.retain(|(_, value)| !value.is_empty());
    let differ = expected.iter().zip(&ours).find(|(one, other)| one != other);
    match differ {
        Some((one, other)) => vec![format!("field: theirs {one:?}, ours {other:?}")],
        None if expected.len() != ours.len() => vec![format!("{} fields, ours {}", expected.len(), ours.len())],
        None => Vec::new(),
    }
}
