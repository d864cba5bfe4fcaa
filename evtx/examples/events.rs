//! Counts the events of a log by kind, and says what is lost.
//!
//! ```text
//! cargo run --example events -- Security.evtx
//! ```

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::File;
use std::sync::Arc;

use trackway_evtx::{Answer, Filter, Message, Reader, Request};

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("give the path of an event log")?;
    let request = Arc::new(Request::new(Answer::Kinds(Filter::default())));
    let mut reader = Reader::new(File::open(path)?, request)?;
    let mut counts = BTreeMap::new();
    while let Some(message) = reader.step()? {
        if let Message::Rows(rows) = message {
            *counts.entry(rows.kind).or_insert(0) += rows.batch.num_rows();
        }
    }
    for (kind, count) in counts.into_iter().filter_map(|(kind, count)| Some((kind?, count))) {
        println!("{count:9} {} {:?} version {:?}", kind.provider, kind.event_id, kind.version);
    }
    for loss in reader.tally().lost {
        println!("lost: {:?} to {:?}, byte {}: {}", loss.first, loss.last, loss.offset, loss.reason);
    }
    Ok(())
}
