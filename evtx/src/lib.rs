#![forbid(unsafe_code)]
#![doc = include_str!("../README.md")]

pub mod binxml;
mod bytes;
pub mod carve;
pub mod chunk;
pub mod columns;
pub mod decode;
mod gate;
mod json;
pub mod limits;
pub mod outline;
pub mod reader;
pub mod request;
mod sought;
mod take;
mod template;
pub mod text;
pub mod value;
pub mod walk;
mod xml;

pub use decode::{Kind, Loss, Rows, Tally};
pub use reader::{Message, Reader};
pub use request::{Answer, Column, Filter, Needle, Of, Request, Shape, Type};

#[cfg(feature = "python")]
mod python;
