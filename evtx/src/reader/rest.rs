//! A log whose beginning was cut off: what is left in front of its first whole chunk.
//!
//! Records refer to their templates by their place in the chunk, so what is left goes where it stood in its chunk: at
//! its end, or where a record that holds its own template says that this stands. Templates that were cut off are taken
//! from other chunks of the same log, where one begins with the same four bytes of a GUID.

use std::collections::HashMap;
use std::io::{self, Read, Seek};
use std::sync::Arc;

use crate::binxml::{instance_at, values};
use crate::bytes::u32_at;
use crate::chunk::{Found, Head, SIZE, next_frame};
use crate::decode::{Decoder, Loss};
use crate::request::{Answer, Filter, Request};
use crate::value;
use crate::walk::Walker;

/// Bytes of the header of a file, in which no record stands.
const HEADER: usize = 4096;

/// A template instance: the place of its definition, and the first bytes of its GUID.
type Use = (u32, u32);

/// Decode what stands in front of the first chunk, if anything does.
///
/// # Errors
/// The source cannot be read.
pub fn decode_front<R: Read + Seek>(
    walker: &mut Walker<R>,
    decoder: &mut Decoder,
    request: &Request,
) -> io::Result<()> {
    let front = walker.front()?;
    let Some(first) = next_frame(&front, 0, front.len()) else {
        if front.len() > HEADER {
            decoder.tally.lost.push(beginning(None));
        }
        return Ok(());
    };
    decoder.tally.lost.push(beginning(first.number.checked_sub(1)));
    let place = place(&front, first);
    let mut chunk = vec![0; SIZE];
    chunk[place..place + front.len()].copy_from_slice(&front);
    let uses = uses(&chunk, place + first.start);
    let templates = learn(walker, decoder, request, &uses)?;
    let lent = lend(&mut chunk, place, &uses, &templates);
    decoder.rest(&chunk, place + first.start, 0_u64.wrapping_sub(place as u64), &lent);
    Ok(())
}

fn beginning(last: Option<u64>) -> Loss {
    Loss { first: None, last, chunk: 0, offset: 0, reason: "the beginning of the log is cut off".to_owned() }
}

/// Where in its chunk stands what is left of it.
fn place(front: &[u8], first: Found) -> usize {
    let at_end = SIZE - front.len();
    frames(front, first.start)
        .filter_map(|found| own_place(front, found))
        .find(|place| *place <= at_end)
        .unwrap_or(at_end)
}

fn frames(data: &[u8], from: usize) -> impl Iterator<Item = Found> {
    std::iter::successors(next_frame(data, from, data.len()), |found| next_frame(data, found.next(), data.len()))
}

/// Where data stand by what a record says that holds its own template.
fn own_place(data: &[u8], found: Found) -> Option<usize> {
    let start = instance_at(data, found.start + 24, found.end)?;
    let definition = start + 9;
    let holds = u32_at(data, start + 1)? == u32_at(data, definition + 4)?
        && (u32_at(data, definition + 20)? as usize) < found.end.checked_sub(definition)?;
    (u32_at(data, start + 5)? as usize).checked_sub(definition).filter(|_| holds)
}

/// The templates that records use, and the templates inside them.
fn uses(chunk: &[u8], from: usize) -> Vec<Use> {
    let mut found = Vec::new();
    for record in frames(chunk, from) {
        let mut slots = Vec::new();
        found.extend(instance(chunk, record.start + 24, record.end, &mut slots));
        for slot in slots.iter().filter(|slot| slot.kind() == value::BINXML) {
            let start = slot.start as usize;
            found.extend(instance(chunk, start, start + slot.length(), &mut Vec::new()));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn instance(chunk: &[u8], start: usize, end: usize, slots: &mut Vec<value::Slot>) -> Option<Use> {
    let start = instance_at(chunk, start, end)?;
    let (beginning, definition) = (u32_at(chunk, start + 1)?, u32_at(chunk, start + 5)?);
    let own = definition as usize == start + 9;
    let size = if own { 24 + u32_at(chunk, start + 29)? as usize } else { 0 };
    // an instance that reaches beyond its record fails when it is decoded
    let _ = values(chunk, start + 9 + size, end, slots);
    Some((definition, beginning))
}

/// Read on until all templates are known that are used, and let the decoder know them.
fn learn<R: Read + Seek>(
    walker: &mut Walker<R>,
    decoder: &mut Decoder,
    request: &Request,
    uses: &[Use],
) -> io::Result<HashMap<u32, u32>> {
    let everything = Request { threads: 1, ..Request::new(Answer::Kinds(Filter::default())) };
    let mut learner = Decoder::new(Arc::new(Request { spelling: request.spelling, ..everything }));
    let mut chunk = vec![0; SIZE].into();
    let mut known = HashMap::new();
    while uses.iter().any(|(_, beginning)| !known.contains_key(beginning)) {
        let Some(piece) = walker.next(&mut chunk)? else { break };
        learner.chunk(&chunk, Head::of(&chunk), piece.number, piece.offset);
        learner.tally = Default::default();
        learner.take().map_err(|error| io::Error::other(error.to_string()))?;
        known = learner.templates();
    }
    walker.rewind()?;
    decoder.learn_of(learner);
    Ok(known)
}

/// Say which template stood at a place, and write the first bytes of its GUID there, by which it is checked.
fn lend(chunk: &mut [u8], place: usize, uses: &[Use], templates: &HashMap<u32, u32>) -> Vec<(u32, u32)> {
    let mut lent = Vec::new();
    for (definition, beginning) in uses {
        let at = *definition as usize + 4;
        if let Some(number) = templates.get(beginning) {
            if at < place {
                chunk[at..at + 4].copy_from_slice(&beginning.to_le_bytes());
            }
            lent.push((*definition, *number));
        }
    }
    lent
}
