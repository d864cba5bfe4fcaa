//! Columns as Arrow knows them: fields, types, finished arrays.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use arrow_array::types::{Float64Type, Int32Type, Int64Type, TimestampNanosecondType, UInt32Type, UInt64Type};
use arrow_array::{
    ArrayRef, ArrowPrimitiveType, BinaryArray, BooleanArray, DictionaryArray, ListArray, PrimitiveArray, StringArray,
    StructArray, new_null_array,
};
use arrow_buffer::{NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, DataType, Field, Fields, TimeUnit};

use super::validity::{LARGE, as_many};
use super::{Column, Values};
use crate::request::{Of, Type};
use crate::value;

impl Column {
    /// The column as an array; it is empty then.
    pub fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        let rows = std::mem::take(&mut self.rows);
        if std::mem::take(&mut self.blank_rows) == rows {
            return Ok(nulls(&data_type(matches!(self.values, Values::Pairs { .. }), self.kind), rows));
        }
        let nulls = self.validity.finish();
        match &mut self.values {
            Values::Strings(strings) => {
                let (offsets, bytes) = strings.finish();
                if self.kind == Type::Binary {
                    return Ok(Arc::new(BinaryArray::try_new(offsets, bytes, nulls)?));
                }
                Ok(Arc::new(StringArray::try_new(offsets, bytes, nulls)?))
            }
            Values::Names(names) => {
                let (codes, ends, bytes) = names.finish();
                let texts: ArrayRef = Arc::new(StringArray::try_new(ends, bytes, None)?);
                let codes = PrimitiveArray::<Int32Type>::try_new(codes, nulls)?;
                Ok(Arc::new(DictionaryArray::try_new(codes, texts)?))
            }
            Values::Int32(values) => primitive::<Int32Type>(values, nulls),
            Values::Int64(values) => primitive::<Int64Type>(values, nulls),
            Values::UInt32(values) => primitive::<UInt32Type>(values, nulls),
            Values::UInt64(values) => primitive::<UInt64Type>(values, nulls),
            Values::Real(values) => primitive::<Float64Type>(values, nulls),
            Values::Time(values) => {
                let values = ScalarBuffer::from(std::mem::take(values));
                let array = PrimitiveArray::<TimestampNanosecondType>::try_new(values, nulls)?;
                Ok(Arc::new(array.with_timezone(utc())))
            }
            Values::Bool(values) => {
                let bits = arrow_buffer::BooleanBuffer::from(std::mem::take(values));
                Ok(Arc::new(BooleanArray::new(bits, nulls)))
            }
            Values::Pairs { names, values, ends } => {
                let (offsets, bytes) = names.finish();
                let names: ArrayRef = Arc::new(StringArray::try_new(offsets, bytes, None)?);
                let pairs = StructArray::try_new(pair_fields(), vec![names, values.finish()?], None)?;
                let offsets = OffsetBuffer::new(ScalarBuffer::from(std::mem::take(ends)));
                Ok(Arc::new(ListArray::try_new(Arc::new(pair_field()), offsets, Arc::new(pairs), nulls)?))
            }
        }
    }
}

fn primitive<T: ArrowPrimitiveType>(
    values: &mut Vec<T::Native>,
    nulls: Option<NullBuffer>,
) -> Result<ArrayRef, ArrowError> {
    let taken = std::mem::take(values);
    if taken.len() > LARGE {
        values.reserve(as_many(taken.len()));
    }
    Ok(Arc::new(PrimitiveArray::<T>::try_new(ScalarBuffer::from(taken), nulls)?))
}

/// The name of the zone, once.
fn utc() -> Arc<str> {
    static UTC: OnceLock<Arc<str>> = OnceLock::new();
    UTC.get_or_init(|| "UTC".into()).clone()
}

fn pair_fields() -> Fields {
    Fields::from(vec![Field::new("name", DataType::Utf8, false), Field::new("value", DataType::Utf8, true)])
}

fn pair_field() -> Field {
    Field::new("item", DataType::Struct(pair_fields()), false)
}

/// An array without a value. Its buffers are shared: most columns of most batches have no value.
fn nulls(kind: &DataType, rows: usize) -> ArrayRef {
    thread_local! {
        static KNOWN: RefCell<Vec<ArrayRef>> = const { RefCell::new(Vec::new()) };
    }
    KNOWN.with_borrow_mut(|known| {
        let place = known.iter().position(|array| array.data_type() == kind).unwrap_or(known.len());
        if known.get(place).is_none_or(|array| array.len() < rows) {
            known.truncate(place);
            known.push(new_null_array(kind, rows.next_power_of_two()));
        }
        known[place].slice(0, rows)
    })
}

/// The Arrow field of a column; what its type is in a log stands in its metadata.
pub fn field(name: &str, of: &Of, kind: Type) -> Field {
    let data = data_type(matches!(of, Of::Fields), kind);
    Field::new(name, data, true).with_metadata(HashMap::from([("evtx".to_owned(), kind.name().to_owned())]))
}

fn data_type(pairs: bool, kind: Type) -> DataType {
    match kind {
        _ if pairs => DataType::List(Arc::new(pair_field())),
        Type::Name => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
        Type::Text | Type::Guid | Type::Sid => DataType::Utf8,
        Type::Binary => DataType::Binary,
        Type::Int32 => DataType::Int32,
        Type::Int64 => DataType::Int64,
        Type::UInt32 | Type::Hex32 => DataType::UInt32,
        Type::UInt64 | Type::Hex64 => DataType::UInt64,
        Type::Real => DataType::Float64,
        Type::Bool => DataType::Boolean,
        Type::Time => DataType::Timestamp(TimeUnit::Nanosecond, Some(utc())),
    }
}

/// The type of a column for values that a template declares as `kind`.
pub fn declared(kind: u8) -> Type {
    match kind {
        value::INT8 | value::INT16 | value::INT32 => Type::Int32,
        value::UINT8 | value::UINT16 | value::UINT32 => Type::UInt32,
        value::INT64 => Type::Int64,
        value::UINT64 => Type::UInt64,
        value::HEX32 => Type::Hex32,
        value::HEX64 | value::SIZE => Type::Hex64,
        value::REAL32 | value::REAL64 => Type::Real,
        value::BOOL => Type::Bool,
        value::BINARY => Type::Binary,
        value::GUID => Type::Guid,
        value::FILETIME | value::SYSTEMTIME => Type::Time,
        value::SID => Type::Sid,
        _ => Type::Text,
    }
}
