//! Work on a piece of the file, by whichever thread; a panic in it becomes an error.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use super::LOSSES;
use crate::chunk::{Head, SIZE, next_frame};
use crate::decode::{Decoder, Loss, Rows, Tally};
use crate::request::Request;
use crate::walk::{Piece, What};

/// Results that wait until those before them are taken; what a job of sound chunks gives is fewer.
const RESULTS: usize = 32;

/// What a worker is given.
pub enum Job {
    /// Pieces that were read for it.
    Read(Vec<Held>),
    /// So many chunks in a row from this one on, which it reads itself.
    Own(Piece, usize),
}

/// A piece of the file, and what it holds.
pub struct Held {
    pub piece: Piece,
    pub chunk: Box<[u8]>,
}

/// What a worker sends.
pub enum Sent {
    Rows(Vec<Rows>),
    Tally(Tally),
    /// The job has ended; what it was given comes back.
    End(Tally, Vec<Held>),
    Failed(io::Error),
}

/// A thread that decodes jobs.
pub struct Worker {
    pub jobs: Option<SyncSender<Job>>,
    pub results: Receiver<Sent>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.jobs = None;
        // a worker that waits for room ends when nobody takes its results
        let (_, closed) = sync_channel(1);
        drop(std::mem::replace(&mut self.results, closed));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Worker {
    /// Start a thread that has nothing to do yet. The log stands at `path` where it can be opened once more.
    pub fn start(request: Arc<Request>, path: Option<&Path>) -> io::Result<Self> {
        let (jobs, given) = sync_channel::<Job>(1);
        let (found, results) = sync_channel(RESULTS);
        let log = path.map(File::open).transpose()?;
        let thread = std::thread::spawn(move || {
            let mut hand = Hand { decoder: Decoder::new(request), log, found };
            for job in given {
                if let Err(error) = guarded(|| hand.work(job)).and_then(|done| done) {
                    let _ = hand.found.send(Sent::Failed(error));
                    return;
                }
            }
        });
        Ok(Self { jobs: Some(jobs), results, thread: Some(thread) })
    }

    /// Why the thread has ended.
    pub fn reason(&self) -> io::Error {
        let said = self.results.iter().find_map(|sent| if let Sent::Failed(error) = sent { Some(error) } else { None });
        said.unwrap_or_else(|| defect("a thread of the reader has ended"))
    }
}

/// What a worker works with.
struct Hand {
    decoder: Decoder,
    log: Option<File>,
    found: SyncSender<Sent>,
}

impl Hand {
    /// Decode a job and send what comes of it.
    fn work(&mut self, job: Job) -> io::Result<()> {
        let mut spare = Vec::new();
        match job {
            Job::Read(pieces) => {
                for held in &pieces {
                    self.decode(&held.piece, &held.chunk)?;
                }
                spare = pieces;
            }
            Job::Own(first, count) => self.read(first, count)?,
        }
        let rows = self.decoder.take().map_err(io::Error::other)?;
        self.send(Sent::Rows(rows))?;
        self.decoder.end_job();
        let tally = std::mem::take(&mut self.decoder.tally);
        self.send(Sent::End(tally, spare))
    }

    fn read(&mut self, first: Piece, count: usize) -> io::Result<()> {
        let Some(mut log) = self.log.take() else { return Err(defect("a thread without a log")) };
        log.seek(SeekFrom::Start(first.offset))?;
        let mut chunk = vec![0; SIZE];
        for further in 0..count as u64 {
            log.read_exact(&mut chunk)?;
            let offset = first.offset + further * SIZE as u64;
            self.decode(&Piece { number: first.number + further, offset, ..first }, &chunk)?;
        }
        self.log = Some(log);
        Ok(())
    }

    fn decode(&mut self, piece: &Piece, chunk: &[u8]) -> io::Result<()> {
        decode(&mut self.decoder, piece, chunk);
        if self.decoder.is_full() {
            let rows = self.decoder.take().map_err(io::Error::other)?;
            self.send(Sent::Rows(rows))?;
        }
        if self.decoder.tally.lost.len() >= LOSSES {
            let tally = std::mem::take(&mut self.decoder.tally);
            self.send(Sent::Tally(tally))?;
        }
        Ok(())
    }

    fn send(&self, sent: Sent) -> io::Result<()> {
        self.found.send(sent).map_err(|_| defect("nobody listens to a thread"))
    }
}

/// Decode a piece of the file.
pub fn decode(decoder: &mut Decoder, piece: &Piece, chunk: &[u8]) {
    let mut head = Head::of(chunk);
    if piece.length < SIZE {
        head.sound = false;
        head.free = head.free.min(piece.length as u32);
    }
    if piece.what == What::Gap && next_frame(chunk, 512, SIZE).is_none() {
        let mut reason = "no chunk where one should start";
        if piece.length < SIZE && piece.number > 0 {
            reason = "something that is no chunk";
        }
        decoder.tally.lost.push(loss(piece, piece.offset, reason));
        return;
    }
    decoder.chunk(chunk, head, piece.number, piece.offset);
    if piece.what == What::Chunk && piece.length < SIZE {
        let end = piece.offset + piece.length as u64;
        decoder.tally.lost.push(loss(piece, end, "the chunk is cut off"));
    }
}

fn loss(piece: &Piece, offset: u64, reason: &str) -> Loss {
    Loss { first: None, last: None, chunk: piece.number, offset, reason: reason.to_owned() }
}

/// Run a step of the decoder; a panic in it becomes an error, and never crosses into another language.
pub fn guarded<T>(step: impl FnOnce() -> T) -> io::Result<T> {
    catch_unwind(AssertUnwindSafe(step)).map_err(|panic| {
        let words = panic.downcast_ref::<&str>().map(ToString::to_string);
        defect(&words.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default())
    })
}

/// An error that is a bug of this reader.
pub fn defect(words: &str) -> io::Error {
    io::Error::other(format!("a defect of the EVTX reader, please report it: {words}"))
}

#[cfg(test)]
mod tests {
    use super::guarded;

    #[test]
    fn a_panic_becomes_an_error_that_repeats_its_words() {
        let place = std::hint::black_box(7);
        for (step, words) in [(1, "plain words"), (2, "words about 7"), (3, "out of bounds")] {
            let failed = guarded(|| match step {
                1 => panic!("plain words"),
                2 => panic!("words about {place}"),
                _ => [0; 3][place],
            });
            let said = failed.unwrap_err().to_string();
            assert!(said.starts_with("a defect of the EVTX reader") && said.contains(words), "{said}");
        }
    }
}
