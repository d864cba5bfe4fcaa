//! A file: its header, and the chunks in it, wherever damage has moved them.
//!
//! Chunks stand 64 KiB apart from 4096 on. A log without its header, one that was cut, and one out of which
//! something was cut are read as far as chunks can be found; what lies between is handed on as a gap. Where the
//! beginning was cut off, the first chunk that is found tells where all others stand.

mod head;

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

pub use self::head::{FILE, FileHead};
use crate::bytes::u32_at;
use crate::chunk::{Head, MAGIC, SIZE};

const HEADER: u64 = 4096;

/// What was found at a place of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A chunk; `length` bytes of it are there, the rest is zero.
    Chunk,
    /// Something where a chunk should be.
    Gap,
}

/// A piece of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    pub what: What,
    /// Number of the slot of 64 KiB.
    pub number: u64,
    pub offset: u64,
    pub length: usize,
}

/// Walks a file from one piece to the next.
pub struct Walker<R> {
    source: R,
    pub length: u64,
    pub head: Option<FileHead>,
    /// Where the first chunk stands.
    pub start: u64,
    at: u64,
    /// What stands at `at`, read ahead; without room until it is needed.
    ahead: Box<[u8]>,
    ahead_length: Option<usize>,
    /// Slots that hold nothing but zeros.
    pub blank: u64,
    /// Chunks of which every byte is there.
    pub whole: u64,
    /// Places of which only the chunks are wanted, in order.
    wanted: Option<Arc<[u64]>>,
}

impl<R: Read + Seek> Walker<R> {
    /// Read the header of the file.
    pub fn new(mut source: R) -> io::Result<Self> {
        let length = source.seek(SeekFrom::End(0))?;
        source.seek(SeekFrom::Start(0))?;
        let mut head = vec![0; HEADER as usize + 8];
        let got = fill(&mut source, &mut head)?;
        let start = match &head[..got] {
            head if head.starts_with(MAGIC) => 0,
            head if head.starts_with(FILE) || head[head.len().min(HEADER as usize)..] == *MAGIC => HEADER,
            _ => first_chunk(&mut source)?.unwrap_or(length) % SIZE as u64,
        };
        source.seek(SeekFrom::Start(start))?;
        Ok(Self {
            source,
            length,
            head: FileHead::of(&head[..got]),
            start,
            at: start,
            ahead: Box::default(),
            ahead_length: None,
            blank: 0,
            whole: 0,
            wanted: None,
        })
    }

    /// Walk only as far as it takes to read the chunks around some places, which are in order.
    pub fn only(self, wanted: Option<Arc<[u64]>>) -> Self {
        Self { wanted, ..self }
    }

    /// Go on with the chunk around the next wanted place where one starts there; false where none is wanted.
    fn go_on(&mut self) -> io::Result<bool> {
        let Some(wanted) = &self.wanted else { return Ok(true) };
        let Some(next) = wanted.get(wanted.partition_point(|place| *place < self.at)) else { return Ok(false) };
        let slots = (next - self.at) / SIZE as u64;
        if slots > 0 {
            let (before, mut magic) = (self.at, [0; 8]);
            self.at += slots * SIZE as u64;
            self.back_to(self.at)?;
            fill(&mut self.source, &mut magic)?;
            self.at = if magic == *MAGIC { self.at } else { before };
            self.back_to(self.at)?;
        }
        Ok(true)
    }

    /// What stands in front of the first chunk.
    pub fn front(&mut self) -> io::Result<Vec<u8>> {
        let mut front = vec![0; self.start as usize];
        self.source.rewind()?;
        fill(&mut self.source, &mut front)?;
        self.rewind()?;
        Ok(front)
    }

    /// Begin again with the first chunk.
    pub fn rewind(&mut self) -> io::Result<()> {
        (self.at, self.blank, self.whole) = (self.start, 0, 0);
        self.back_to(self.start)
    }

    /// Pass over chunks that stand one behind the other, with one more behind them, and give the first of them; where
    /// they do not, stay.
    ///
    /// Each of them is what `next` would give: a chunk of which every byte is there.
    pub fn pass(&mut self, count: u64) -> io::Result<Option<Piece>> {
        let behind = self.at + count * SIZE as u64;
        let mut sound = self.wanted.is_none() && behind + SIZE as u64 <= self.length;
        let (mut place, mut magic) = (self.at, [0; 8]);
        while sound && place <= behind {
            self.source.seek(SeekFrom::Start(place))?;
            // a magic that is cut off by the end of the source is none
            sound = fill(&mut self.source, &mut magic)? == magic.len() && magic == *MAGIC;
            place += SIZE as u64;
        }
        let first = sound.then(|| self.piece(What::Chunk, SIZE));
        if sound {
            self.at = behind;
            self.whole += count;
        }
        self.back_to(self.at)?;
        Ok(first)
    }

    /// Read the next piece into `chunk`, which is zero behind what is there.
    pub fn next(&mut self, chunk: &mut Box<[u8]>) -> io::Result<Option<Piece>> {
        loop {
            if !self.go_on()? {
                return Ok(None);
            }
            let length = self.read(chunk)?;
            if length == 0 {
                return Ok(None);
            }
            if !chunk.starts_with(MAGIC) {
                if is_blank(chunk) {
                    self.blank += 1;
                    self.at += length as u64;
                    continue;
                }
                return self.gap(chunk, length).map(Some);
            }
            let length = self.until_next(chunk, length)?;
            self.whole += u64::from(length == SIZE);
            return Ok(Some(self.piece(What::Chunk, length)));
        }
    }

    fn piece(&mut self, what: What, length: usize) -> Piece {
        let piece = Piece { what, number: (self.at - self.start) / SIZE as u64, offset: self.at, length };
        self.at += length as u64;
        piece
    }

    /// A gap ends where a chunk starts, or might.
    fn gap(&mut self, chunk: &mut [u8], length: usize) -> io::Result<Piece> {
        // a beginning of a magic that nothing follows is no beginning
        let begun = if self.at + (length as u64) < self.length { begun(&chunk[..length]) } else { 0 };
        let end = next_chunk(&chunk[..length], 1).unwrap_or(length - begun);
        if end < length {
            self.back_to(self.at + end as u64)?;
            chunk[end..].fill(0);
        }
        Ok(self.piece(What::Gap, end))
    }

    /// Where something was cut out of a chunk, the next one starts inside it.
    fn until_next(&mut self, chunk: &mut [u8], length: usize) -> io::Result<usize> {
        if length < SIZE || self.at + SIZE as u64 >= self.length {
            return Ok(length);
        }
        if self.ahead.is_empty() {
            self.ahead = vec![0; SIZE].into();
        }
        let next = fill(&mut self.source, &mut self.ahead)?;
        self.ahead_length = Some(next);
        if next == 0 || self.ahead.starts_with(MAGIC) || is_blank(&self.ahead[..512.min(next)]) {
            return Ok(length);
        }
        let Some(found) = next_chunk(chunk, 512) else { return Ok(length) };
        chunk[found..].fill(0);
        self.back_to(self.at + found as u64)?;
        Ok(found)
    }

    fn back_to(&mut self, place: u64) -> io::Result<()> {
        self.ahead_length = None;
        self.source.seek(SeekFrom::Start(place)).map(|_| ())
    }

    fn read(&mut self, chunk: &mut Box<[u8]>) -> io::Result<usize> {
        if let Some(length) = self.ahead_length.take() {
            std::mem::swap(chunk, &mut self.ahead);
            chunk[length..].fill(0);
            return Ok(length);
        }
        let length = fill(&mut self.source, chunk)?;
        if length > 0 {
            chunk[length..].fill(0);
        }
        Ok(length)
    }
}

/// Read until the buffer is full or the source has ended.
fn fill(source: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut done = 0;
    while done < buffer.len() {
        match source.read(&mut buffer[done..]) {
            Ok(0) => break,
            Ok(count) => done += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(done)
}

fn is_blank(data: &[u8]) -> bool {
    data.iter().all(|byte| *byte == 0)
}

/// Where the first chunk of a source starts.
fn first_chunk(source: &mut (impl Read + Seek)) -> io::Result<Option<u64>> {
    let (mut window, mut base, mut held) = (vec![0; SIZE], 0, 0);
    source.rewind()?;
    loop {
        let got = fill(source, &mut window[held..])?;
        if let Some(found) = next_chunk(&window[..held + got], 0) {
            return Ok(Some(base + found as u64));
        }
        if got == 0 {
            return Ok(None);
        }
        let kept = begun(&window[..held + got]);
        base += (held + got - kept) as u64;
        window.copy_within(held + got - kept..held + got, 0);
        held = kept;
    }
}

/// How many bytes at the end may be the beginning of a chunk's magic.
fn begun(data: &[u8]) -> usize {
    (1..MAGIC.len()).rev().find(|count| data.ends_with(&MAGIC[..*count])).unwrap_or_default()
}

/// Where the next chunk starts, from `from` on: its magic, with a header that could be one.
pub fn next_chunk(data: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += data.get(at..)?.windows(MAGIC.len()).position(|window| window == MAGIC)?;
        let rest = &data[at..];
        let head = Head { free: u32_at(rest, 48).unwrap_or(512), ..Head::default() };
        if u32_at(rest, 40).is_none_or(|size| size == 128) && head.plausible() {
            return Some(at);
        }
        at += 1;
    }
}
