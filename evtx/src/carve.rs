//! Chunks and records out of anything: a raw image, a memory dump, unallocated space.
//!
//! A chunk is whole in itself. A record outside a chunk can be decoded only if its template, with all names,
//! stands in the record itself: the place that the record gives for it tells where in its chunk it stood.

use std::io::{self, Read, Seek};
use std::sync::Arc;

use crate::bytes::u32_at;
use crate::chunk::{Found, Head, MAGIC, SIZE, Status, next_frame};
use crate::decode::{Decoder, Rows, Tally};
use crate::request::Request;
use crate::walk::next_chunk;

/// Bytes that are looked through at a time.
const WINDOW: usize = 4 << 20;

/// Looks through a source for chunks and records.
pub struct Carver<R> {
    source: R,
    decoder: Decoder,
    window: Vec<u8>,
    /// Where the window starts in the source.
    base: u64,
    at: usize,
    ended: bool,
    chunks: u64,
    ready: Vec<Rows>,
    chunk: Box<[u8]>,
}

impl<R: Read + Seek> Carver<R> {
    /// Begin at the start of the source. Records left in the slack of chunks are given too.
    ///
    /// # Errors
    /// The source cannot be read.
    pub fn new(mut source: R, request: &Request) -> io::Result<Self> {
        source.rewind()?;
        let request = Arc::new(Request { recovered: true, ..request.clone() });
        Ok(Self {
            source,
            decoder: Decoder::new(request),
            window: Vec::new(),
            base: 0,
            at: 0,
            ended: false,
            chunks: 0,
            ready: Vec::new(),
            chunk: vec![0; SIZE].into(),
        })
    }

    /// Take what became of the records since the last time.
    pub fn tally(&mut self) -> Tally {
        std::mem::take(&mut self.decoder.tally)
    }

    /// Look on until there are rows or nothing more.
    ///
    /// # Errors
    /// The source cannot be read.
    pub fn step(&mut self) -> io::Result<Option<Rows>> {
        loop {
            if let Some(rows) = self.ready.pop() {
                return Ok(Some(rows));
            }
            if self.ended && self.at >= self.window.len() {
                return Ok(None);
            }
            self.refill()?;
            self.look();
            if self.decoder.is_full() || self.ended && self.at >= self.window.len() {
                self.ready = self.decoder.take().map_err(|error| io::Error::other(error.to_string()))?;
                self.ready.reverse();
            }
        }
    }

    /// Keep what was not looked at yet, and read on behind it.
    fn refill(&mut self) -> io::Result<()> {
        self.window.drain(..self.at);
        self.base += self.at as u64;
        self.at = 0;
        let held = self.window.len();
        let wanted = (WINDOW - held.min(WINDOW)) as u64;
        let got = self.source.by_ref().take(wanted).read_to_end(&mut self.window)?;
        self.ended = got < wanted as usize;
        Ok(())
    }

    /// Decode what stands in the window, up to where a chunk might not be whole in it.
    fn look(&mut self) {
        let end = if self.ended { self.window.len() } else { self.window.len() - SIZE };
        while self.at < end && !self.decoder.is_full() {
            let chunk = next_chunk(&self.window, self.at);
            let limit = chunk.unwrap_or(self.window.len());
            let stop = limit.min(end);
            while let Some(found) = next_frame(&self.window[..limit], self.at, limit).filter(|found| found.start < stop)
            {
                self.alone(found);
                self.at = found.next();
            }
            self.at = self.at.max(stop);
            if chunk == Some(self.at) && self.at < end {
                self.whole();
            }
        }
    }

    fn whole(&mut self) {
        let rest = &self.window[self.at..];
        let head = Head::of(padded(rest, &mut self.chunk));
        // a chunk that was overwritten by another ends where that starts
        let length = rest.len().min(SIZE);
        let end = next_chunk(&rest[..length], MAGIC.len()).filter(|_| !head.sound).unwrap_or(length);
        self.chunk[end..].fill(0);
        let head = if end < SIZE { Head { sound: false, ..head } } else { head };
        self.decoder.chunk(&self.chunk, head, self.chunks, self.base + self.at as u64);
        self.chunks += 1;
        self.at += end;
    }

    /// Decode a record that stands outside a chunk, as far as it holds its own template.
    fn alone(&mut self, found: Found) {
        let record = &self.window[found.start..found.next()];
        let Some(definition) = u32_at(record, 34).map(|place| place as usize) else { return };
        let home = definition.checked_sub(38).filter(|home| home + record.len() <= SIZE);
        let place = home.unwrap_or(512);
        if place + record.len() > SIZE {
            return;
        }
        self.chunk.fill(0);
        self.chunk[place..place + record.len()].copy_from_slice(record);
        let base = (self.base + found.start as u64).wrapping_sub(place as u64);
        let moved = Found { start: place, end: place + record.len() - 4, status: Status::Recovered, ..found };
        self.decoder.single(&self.chunk, &moved, self.chunks, base);
    }
}

fn padded<'a>(data: &[u8], chunk: &'a mut [u8]) -> &'a [u8] {
    let length = data.len().min(SIZE);
    chunk[..length].copy_from_slice(&data[..length]);
    chunk[length..].fill(0);
    chunk
}
