//! From a file to batches: chunk after chunk, in jobs that several threads can share.
//!
//! A job is a fixed number of pieces of the file, and batches end where jobs end. So the answer is the same,
//! batch by batch, for any number of threads.

use std::collections::VecDeque;
use std::io::{self, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use crate::chunk::{Head, SIZE, next_frame};
use crate::decode::{Decoder, Loss, Rows, Tally};
use crate::request::Request;
use crate::walk::{FileHead, Piece, Walker, What};

/// Pieces of a job: 16 MiB of chunks.
const JOB: usize = 256;
/// Results that wait until those before them are taken; what a job of sound chunks gives is fewer.
const RESULTS: usize = 32;
/// Losses that wait before they are handed on.
const LOSSES: usize = 10_000;

/// What came out of a step of the reading.
#[derive(Debug)]
pub enum Message {
    Rows(Rows),
    /// Only the tally has grown.
    Tally,
}

enum Sent {
    Rows(Vec<Rows>),
    Tally(Tally),
    /// The job has ended; what it was given comes back.
    End(Tally, Vec<Held>),
    Failed(String),
}

struct Held {
    piece: Piece,
    chunk: Box<[u8]>,
}

/// Reads one file for one request.
pub struct Reader<R> {
    walker: Walker<R>,
    request: Arc<Request>,
    tally: Tally,
    ready: VecDeque<Rows>,
    decoder: Option<Box<Decoder>>,
    chunk: Box<[u8]>,
    pieces: usize,
    workers: Vec<Worker>,
    /// Jobs that were given to workers, each to the next in turn, and jobs of which everything has come back.
    given: usize,
    taken: usize,
    spare: Vec<Held>,
    ended: bool,
}

struct Worker {
    jobs: Option<SyncSender<Vec<Held>>>,
    results: Receiver<Sent>,
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

impl<R: Read + Seek> Reader<R> {
    /// Begin to read.
    ///
    /// # Errors
    /// The source cannot be read.
    pub fn new(source: R, request: Arc<Request>) -> io::Result<Self> {
        Ok(Self {
            walker: Walker::new(source)?,
            tally: Tally::default(),
            ready: VecDeque::new(),
            decoder: Some(Box::new(Decoder::new(request.clone()))),
            chunk: vec![0; SIZE].into(),
            pieces: 0,
            workers: Vec::new(),
            given: 0,
            taken: 0,
            spare: Vec::new(),
            ended: false,
            request,
        })
    }

    /// The header of the file, where there is one.
    pub fn head(&self) -> Option<FileHead> {
        self.walker.head
    }

    /// Bytes of the file.
    pub fn length(&self) -> u64 {
        self.walker.length
    }

    /// Chunks of which every byte is there, as far as the file was read.
    pub fn whole(&self) -> u64 {
        self.walker.whole
    }

    /// Take what became of the records since the last time.
    pub fn tally(&mut self) -> Tally {
        std::mem::take(&mut self.tally)
    }

    /// Read on until there is a batch, many losses, or nothing more.
    ///
    /// # Errors
    /// The source cannot be read, or the decoder has a defect.
    pub fn step(&mut self) -> io::Result<Option<Message>> {
        loop {
            if let Some(rows) = self.ready.pop_front() {
                return Ok(Some(Message::Rows(rows)));
            }
            if self.tally.lost.len() >= LOSSES {
                return Ok(Some(Message::Tally));
            }
            if self.ended && self.given == self.taken {
                return Ok(None);
            }
            if self.request.threads > 1 { self.share()? } else { self.read_on()? }
        }
    }

    /// Decode one more piece.
    fn read_on(&mut self) -> io::Result<()> {
        let Some(mut decoder) = self.decoder.take() else { return Err(defect("the reader failed before")) };
        match self.walker.next(&mut self.chunk)? {
            Some(piece) => {
                guarded(|| decode(&mut decoder, &piece, &self.chunk))?;
                self.pieces += 1;
            }
            None => self.ended = true,
        }
        let job_ends = self.pieces == JOB || self.ended;
        if job_ends || decoder.is_full() {
            self.pieces = if job_ends { 0 } else { self.pieces };
            self.ready.extend(guarded(|| decoder.take())?.map_err(|error| defect(&error.to_string()))?);
        }
        if job_ends {
            decoder.end_job();
        }
        self.tally.add(&mut decoder.tally);
        self.decoder = Some(decoder);
        Ok(())
    }

    /// Give every worker a job, and one more to the worker with the oldest; take a result of that.
    ///
    /// So a worker that has ended a job does not wait until the next one is read.
    fn share(&mut self) -> io::Result<()> {
        while !self.ended && self.given - self.taken <= self.request.threads {
            let job = self.job()?;
            if job.is_empty() {
                break;
            }
            let worker = self.given % self.request.threads;
            if worker == self.workers.len() {
                self.workers.push(Worker::start(self.request.clone()));
            }
            let sent = self.workers[worker].jobs.as_ref().map(|jobs| jobs.send(job));
            if !matches!(sent, Some(Ok(()))) {
                return Err(defect("a thread of the reader has ended"));
            }
            self.given += 1;
        }
        if self.given == self.taken {
            return Ok(());
        }
        match self.workers[self.taken % self.request.threads].results.recv() {
            Ok(Sent::Rows(rows)) => self.ready.extend(rows),
            Ok(Sent::Tally(mut tally)) => self.tally.add(&mut tally),
            Ok(Sent::End(mut tally, spare)) => {
                self.tally.add(&mut tally);
                self.spare.extend(spare);
                self.taken += 1;
            }
            Ok(Sent::Failed(reason)) => return Err(defect(&reason)),
            Err(_) => return Err(defect("a thread of the reader has ended")),
        }
        Ok(())
    }

    fn job(&mut self) -> io::Result<Vec<Held>> {
        let mut job = Vec::with_capacity(JOB);
        while job.len() < JOB {
            let mut chunk = self.spare.pop().map_or_else(|| vec![0; SIZE].into(), |held| held.chunk);
            match self.walker.next(&mut chunk)? {
                Some(piece) => job.push(Held { piece, chunk }),
                None => {
                    self.ended = true;
                    break;
                }
            }
        }
        Ok(job)
    }
}

impl Worker {
    fn start(request: Arc<Request>) -> Self {
        let (jobs, given) = sync_channel::<Vec<Held>>(1);
        let (found, results) = sync_channel(RESULTS);
        let thread = std::thread::spawn(move || {
            let mut decoder = Decoder::new(request);
            for job in given {
                let done = guarded(|| work(&mut decoder, job, &found));
                let failed = match done {
                    Ok(Ok(())) => continue,
                    Ok(Err(reason)) => reason,
                    Err(error) => error.to_string(),
                };
                let _ = found.send(Sent::Failed(failed));
                return;
            }
        });
        Self { jobs: Some(jobs), results, thread: Some(thread) }
    }
}

/// Decode a job and send what comes of it; an error is a word about a defect, or that nobody listens.
fn work(decoder: &mut Decoder, job: Vec<Held>, found: &SyncSender<Sent>) -> Result<(), String> {
    let send = |sent: Sent| found.send(sent).map_err(|_| "nobody listens".to_owned());
    for held in &job {
        decode(decoder, &held.piece, &held.chunk);
        if decoder.is_full() {
            send(Sent::Rows(decoder.take().map_err(|error| error.to_string())?))?;
        }
        if decoder.tally.lost.len() >= LOSSES {
            send(Sent::Tally(std::mem::take(&mut decoder.tally)))?;
        }
    }
    send(Sent::Rows(decoder.take().map_err(|error| error.to_string())?))?;
    decoder.end_job();
    send(Sent::End(std::mem::take(&mut decoder.tally), job))
}

/// Decode a piece of the file.
fn decode(decoder: &mut Decoder, piece: &Piece, chunk: &[u8]) {
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
fn guarded<T>(step: impl FnOnce() -> T) -> io::Result<T> {
    catch_unwind(AssertUnwindSafe(step)).map_err(|panic| {
        let words = panic.downcast_ref::<&str>().map(ToString::to_string);
        defect(&words.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default())
    })
}

fn defect(words: &str) -> io::Error {
    io::Error::other(format!("a defect of the EVTX reader, please report it: {words}"))
}
