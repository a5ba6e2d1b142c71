//! State that actors share: each operation is one step.

use std::collections::BTreeMap;
use std::fmt;
use std::panic::Location;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::rt::{self, Act, Object};

struct Cell<T> {
    what: &'static str,
    object: Object,
    value: Mutex<T>,
}

impl<T> Cell<T> {
    #[track_caller]
    fn new(what: &'static str, value: T) -> Arc<Self> {
        Arc::new(Cell { what, object: Object::new(), value: Mutex::new(value) })
    }

    #[track_caller]
    fn at(&self, act: Act) -> MutexGuard<'_, T> {
        rt::point(&self.object, self.what, act, Location::caller());
        self.value.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A value that actors share. Clones are the same register.
pub struct SharedRegister<T>(Arc<Cell<T>>);

impl<T: Clone> SharedRegister<T> {
    /// Creates a register.
    #[track_caller]
    pub fn new(value: T) -> Self {
        SharedRegister(Cell::new("SharedRegister", value))
    }

    /// Returns the value.
    #[track_caller]
    pub fn get(&self) -> T {
        self.0.at(Act::Read).clone()
    }

    /// Sets the value, and returns the one before.
    #[track_caller]
    pub fn set(&self, value: T) -> T {
        std::mem::replace(&mut *self.0.at(Act::Write), value)
    }

    /// Replaces the value by what a function makes of it, in one step, and returns that. The function must not
    /// use anything else that is shared.
    #[track_caller]
    pub fn update(&self, update: impl FnOnce(T) -> T) -> T {
        let mut value = self.0.at(Act::Update);
        *value = update(value.clone());
        value.clone()
    }
}

/// A number that actors share. Clones are the same counter.
pub struct SharedCounter(Arc<Cell<i64>>);

impl SharedCounter {
    /// Creates a counter.
    #[track_caller]
    pub fn new(value: i64) -> Self {
        SharedCounter(Cell::new("SharedCounter", value))
    }

    /// Returns the value.
    #[track_caller]
    pub fn get(&self) -> i64 {
        *self.0.at(Act::Read)
    }

    /// Adds to the value, wrapping around, and returns the sum.
    #[track_caller]
    pub fn add(&self, value: i64) -> i64 {
        let mut sum = self.0.at(Act::Update);
        *sum = sum.wrapping_add(value);
        *sum
    }

    /// Sets the value, and returns the one before.
    #[track_caller]
    pub fn exchange(&self, value: i64) -> i64 {
        std::mem::replace(&mut *self.0.at(Act::Update), value)
    }

    /// Sets the value if it is `expected`, and returns what it was.
    #[track_caller]
    pub fn compare_exchange(&self, expected: i64, value: i64) -> i64 {
        let mut current = self.0.at(Act::Update);
        let before = *current;
        if before == expected {
            *current = value;
        }
        before
    }
}

/// A dictionary that actors share, in order of its keys. Clones are the same dictionary.
pub struct SharedDictionary<K, V>(Arc<Cell<BTreeMap<K, V>>>);

impl<K: Ord + Clone, V: Clone> SharedDictionary<K, V> {
    /// Creates an empty dictionary.
    #[track_caller]
    pub fn new() -> Self {
        SharedDictionary(Cell::new("SharedDictionary", BTreeMap::new()))
    }

    /// Returns the value of a key.
    #[track_caller]
    pub fn get(&self, key: &K) -> Option<V> {
        self.0.at(Act::Read).get(key).cloned()
    }

    /// Sets the value of a key, and returns the one before.
    #[track_caller]
    pub fn insert(&self, key: K, value: V) -> Option<V> {
        self.0.at(Act::Update).insert(key, value)
    }

    /// Sets the value of a key that has none. Returns false if it has one.
    #[track_caller]
    pub fn try_insert(&self, key: K, value: V) -> bool {
        let mut map = self.0.at(Act::Update);
        let is_new = !map.contains_key(&key);
        if is_new {
            map.insert(key, value);
        }
        is_new
    }

    /// Sets the value of a key that has `expected`. Returns false if it has another, or none.
    #[track_caller]
    pub fn try_update(&self, key: &K, value: V, expected: &V) -> bool
    where
        V: PartialEq,
    {
        match self.0.at(Act::Update).get_mut(key) {
            Some(current) if current == expected => {
                *current = value;
                true
            }
            _ => false,
        }
    }

    /// Removes a key, and returns its value.
    #[track_caller]
    pub fn remove(&self, key: &K) -> Option<V> {
        self.0.at(Act::Update).remove(key)
    }

    /// Returns how many keys there are.
    #[track_caller]
    pub fn len(&self) -> usize {
        self.0.at(Act::Read).len()
    }

    /// Returns whether there is no key.
    #[track_caller]
    pub fn is_empty(&self) -> bool {
        self.0.at(Act::Read).is_empty()
    }
}

impl<K: Ord + Clone, V: Clone> Default for SharedDictionary<K, V> {
    #[track_caller]
    fn default() -> Self {
        SharedDictionary::new()
    }
}

macro_rules! shared {
    ($($name:ident[$($parameter:ident),*],)*) => {$(
        impl<$($parameter),*> Clone for $name<$($parameter),*> {
            fn clone(&self) -> Self {
                $name(Arc::clone(&self.0))
            }
        }

        impl<$($parameter),*> fmt::Debug for $name<$($parameter),*> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    )*};
}

shared! { SharedRegister[T], SharedCounter[], SharedDictionary[K, V], }
