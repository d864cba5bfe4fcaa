//! What the tables of one kind of event are like: worked out once for all readers of the process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use arrow_schema::{Schema, SchemaRef};

use super::Kind;
use crate::columns;
use crate::limits::KINDS;
use crate::request::Column;
use crate::take::Plan;
use crate::template::Template;

/// Plans that are kept of one kind; it has as many as Windows wrote its template in different ways.
const PLANS: usize = 64;

/// Columns of a table, and the plans that are known for it.
pub struct Layout {
    pub specs: Vec<Column>,
    pub schema: SchemaRef,
    plans: Mutex<Vec<Planned>>,
}

struct Planned {
    outer: Arc<Template>,
    inner: Option<Arc<Template>>,
    plan: Arc<Plan>,
}

impl Layout {
    /// The layout of columns.
    pub fn new(specs: Vec<Column>) -> Self {
        let fields: Vec<_> = specs.iter().map(|spec| columns::field(&spec.name, &spec.of, spec.kind)).collect();
        Self { specs, schema: Arc::new(Schema::new(fields)), plans: Mutex::default() }
    }

    /// The layout of a kind.
    pub fn of(kind: Kind) -> (Arc<Kind>, Arc<Self>) {
        static KNOWN: OnceLock<Mutex<HashMap<Arc<Kind>, Arc<Layout>>>> = OnceLock::new();
        let mut known = KNOWN.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((kind, layout)) = known.get_key_value(&kind) {
            return (kind.clone(), layout.clone());
        }
        if known.len() >= KINDS {
            known.clear();
        }
        let (kind, layout) = (Arc::new(kind.clone()), Arc::new(Self::new(kind.columns())));
        known.insert(kind.clone(), layout.clone());
        (kind, layout)
    }

    /// The plan for records of these templates.
    pub fn plan(&self, outer: &Arc<Template>, inner: Option<&Arc<Template>>) -> Arc<Plan> {
        let mut plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |known: &&Planned| {
            Arc::ptr_eq(&known.outer, outer)
                && match (&known.inner, inner) {
                    (Some(known), Some(inner)) => Arc::ptr_eq(known, inner),
                    (None, None) => true,
                    _ => false,
                }
        };
        if let Some(known) = plans.iter().find(same) {
            return known.plan.clone();
        }
        let plan = Arc::new(Plan::new(&self.specs, &outer.outline, inner.map(|inner| &inner.outline)));
        if plans.len() < PLANS {
            plans.push(Planned { outer: outer.clone(), inner: inner.cloned(), plan: plan.clone() });
        }
        plan
    }
}
