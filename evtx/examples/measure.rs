//! What `make bench-reader` compares with, one core each: prints seconds and a count.
//!
//! ```text
//! cargo run --release --example measure -- floor|crate-json|all|two|part|small FILE [EVENT_ID ...]
//! ```
//!
//! `floor` reads 64 KiB at a time and takes CRC-32; `crate-json` is the crate `evtx` to JSON; `all` and `part` are
//! this reader with every event in wide typed columns, and with the events of some numbers; `two` is `all` by two
//! threads, `small` is `all` for each file of a folder.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use trackway_evtx::{Answer, Filter, Message, Reader, Request};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, path, events @ ..] = arguments.as_slice() else {
        panic!("floor|crate-json|all|two|part|small FILE [EVENT_ID ...]")
    };
    let started = Instant::now();
    let count = match what.as_str() {
        "floor" => floor(path),
        "crate-json" => crate_json(path),
        "all" => own(path, Filter::default(), 1),
        "two" => own(path, Filter::default(), 2),
        "small" => std::fs::read_dir(path)
            .expect("the folder can be read")
            .map(|entry| own(entry.expect("the folder can be read").path(), Filter::default(), 1))
            .sum(),
        "part" => {
            let events = events.iter().map(|event| event.parse().expect("an event id is a number")).collect();
            own(path, Filter { events: Some(events), ..Filter::default() }, 1)
        }
        other => panic!("{other} is none of floor, crate-json, all, two, part, small"),
    };
    println!("{:.6} {count}", started.elapsed().as_secs_f64());
}

fn floor(path: &str) -> u64 {
    let mut file = File::open(path).expect("the file can be opened");
    let mut block = vec![0; 1 << 16];
    let mut sum = 0;
    loop {
        let count = file.read(&mut block).expect("the file can be read");
        if count == 0 {
            return sum;
        }
        sum += u64::from(crc32fast::hash(&block[..count]));
    }
}

fn crate_json(path: &str) -> u64 {
    let settings = evtx::ParserSettings::new().num_threads(1).indent(false).validate_checksums(true);
    let mut parser = evtx::EvtxParser::from_path(path).expect("the file can be opened").with_configuration(settings);
    parser.records_json().filter(Result::is_ok).count() as u64
}

fn own(path: impl AsRef<Path>, filter: Filter, threads: usize) -> u64 {
    let request = Arc::new(Request { threads, ..Request::new(Answer::Kinds(filter)) });
    let file = File::open(&path).expect("the file can be opened");
    let mut reader = Reader::new(file, request).expect("the file can be read").at(Some(path.as_ref().to_owned()));
    let mut rows = 0;
    while let Some(message) = reader.step().expect("the file can be read") {
        if let Message::Rows(found) = message {
            rows += found.batch.num_rows() as u64;
        }
    }
    rows
}
