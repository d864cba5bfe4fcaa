//! The fuzzing of everyday: real chunks with chance in them, the same each time. `fuzz/run.sh` looks for longer.

use crate::common::{Chance, logs};
use crate::hostile::{read_chunk, read_content};
use crate::made::{self, Writer};

const HEADER: usize = 4096;
const CHUNK: usize = 1 << 16;

/// The first two chunks of each log, and one that is written by hand.
fn beginnings() -> Vec<Vec<u8>> {
    let mut writer = Writer::new();
    writer.instance(|data| data.element("Data", "A", |inside| inside.bytes(&[0x0d, 0, 0, 1])), &[(1, vec![65, 0])]);
    let mut found = vec![made::chunk(&writer)];
    for path in logs() {
        let log = std::fs::read(path).unwrap();
        found.extend(log[HEADER.min(log.len())..].chunks(2 * CHUNK).take(1).map(<[u8]>::to_vec));
    }
    found
}

/// The content of the first record of each.
fn contents() -> Vec<Vec<u8>> {
    let first = |chunk: Vec<u8>| {
        let size = u32::from_le_bytes(chunk.get(516..520)?.try_into().ok()?) as usize;
        chunk.get(made::CONTENT..(512 + size).checked_sub(4)?).map(<[u8]>::to_vec)
    };
    beginnings().into_iter().filter_map(first).collect()
}

/// A seed in which something is not as it was: bits, lengths, pieces left out, doubled, or of another seed.
fn spoilt(seed: &[u8], other: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut data = seed.to_vec();
    for _ in 0..=chance.below(6) {
        // half of it where headers and templates stand
        let reach = if chance.below(2) == 0 { data.len() } else { data.len().min(2048) };
        let place = chance.below(reach.max(1)).min(data.len());
        let length = (1 << chance.below(12)).min(data.len() - place);
        match chance.below(7) {
            0 => data[place..].iter_mut().take(1).for_each(|byte| *byte ^= 1 << chance.below(8)),
            1 => data[place..].iter_mut().take(1).for_each(|byte| *byte = chance.below(256) as u8),
            2 => {
                let extreme =
                    [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0xffff_fff0, u64::MAX][chance.below(10)];
                let width = (1 << chance.below(4)).min(data.len() - place);
                data[place..place + width].copy_from_slice(&extreme.to_le_bytes()[..width]);
            }
            3 => data.truncate(place.max(1)),
            4 => drop(data.drain(place..place + length)),
            5 => data.extend_from_within(place..place + length),
            _ => {
                let from = chance.below(other.len());
                let piece = &other[from..other.len().min(from + length)];
                data.splice(place..place + length, piece.iter().copied());
            }
        }
    }
    data
}

fn run(seeds: &[Vec<u8>], rounds: usize, target: fn(&[u8])) {
    let mut chance = Chance(0x2545_f491_4f6c_dd1d);
    for round in 0..rounds {
        let data = spoilt(&seeds[round % seeds.len()], &seeds[chance.below(seeds.len())], &mut chance);
        if let Err(panic) = std::panic::catch_unwind(|| target(&data)) {
            eprintln!("round {round}, {} bytes", data.len());
            std::panic::resume_unwind(panic);
        }
    }
}

#[test]
fn spoilt_chunks_are_read_to_its_end() {
    run(&beginnings(), 600, read_chunk);
}

#[test]
fn a_spoilt_record_is_read_to_its_end() {
    run(&contents(), 8_000, read_content);
}
