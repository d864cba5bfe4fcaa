//! What is done with bytes that anybody may have written; the tests and `fuzz/` share it.

use std::io::Cursor;
use std::sync::Arc;

use trackway_evtx::{Answer, Column, Filter, Message, Of, Reader, Request, Shape, Tally, Type};

/// The least bytes that a record takes.
const RECORD: u64 = 28;
/// Bytes that a chunk may become.
const MOST: usize = 64 << 20;

/// A file that is chunks alone: every kind of event, whole records and XML, with slack.
pub fn read_chunk(data: &[u8]) {
    let column = |name: &str, of| Column { name: name.into(), of, kind: Type::Text };
    let columns = vec![column("fields", Of::Fields), column("xml", Of::Xml)];
    for answer in [Answer::Kinds(Filter::default()), Answer::Shapes(vec![Shape { filter: Filter::default(), columns }])]
    {
        read(data, Request { recovered: true, ..Request::new(answer) });
    }
}

/// The content of one record, in a chunk that is otherwise as it should be.
pub fn read_content(data: &[u8]) {
    let content = &data[..data.len().min(60_000)];
    let size = (24 + content.len() + 4) as u32;
    let end = 512 + size as usize;
    let mut chunk = vec![0; 1 << 16];
    chunk[..8].copy_from_slice(b"ElfChnk\0");
    chunk[48..52].copy_from_slice(&(end as u32).to_le_bytes());
    chunk[512..516].copy_from_slice(&[0x2a, 0x2a, 0, 0]);
    chunk[516..520].copy_from_slice(&size.to_le_bytes());
    chunk[536..536 + content.len()].copy_from_slice(content);
    chunk[end - 4..end].copy_from_slice(&size.to_le_bytes());
    read(&chunk, Request::new(Answer::Kinds(Filter::default())));
}

/// Read to the end: no defect, no more than the bytes can hold, and every record is a row, refused or lost.
fn read(data: &[u8], request: Request) {
    let mut reader = Reader::new(Cursor::new(data), Arc::new(request)).expect("memory can be read");
    let (mut rows, mut bytes, mut tally) = (0, 0, Tally::default());
    while let Some(message) = reader.step().expect("no defect") {
        if let Message::Rows(found) = message {
            rows += found.batch.num_rows() as u64;
            bytes += found.batch.get_array_memory_size();
        }
    }
    tally.add(&mut reader.tally());
    assert!(bytes <= MOST * data.len().div_ceil(1 << 16), "{} bytes became {bytes}", data.len());
    assert_eq!(rows + tally.ignored, tally.seen);
    assert!(tally.seen <= data.len() as u64 / RECORD, "{} records in {} bytes", tally.seen, data.len());
}
