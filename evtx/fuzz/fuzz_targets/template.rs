//! The content of one record, in a chunk that is otherwise as it should be.

#![no_main]

use std::io::Cursor;
use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use trackway_evtx::{Answer, Filter, Reader, Request};

fuzz_target!(|data: &[u8]| {
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
    let request = Arc::new(Request::new(Answer::Kinds(Filter::default())));
    let mut reader = Reader::new(Cursor::new(chunk), request).expect("memory can be read");
    while reader.step().expect("no defect").is_some() {}
});
