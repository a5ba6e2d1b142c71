//! A key-value store that outlives the navigators.

use std::collections::BTreeMap;

use coyote::actors::{ActorId, Context, Event, actor};
use coyote::spec;

use crate::RoomPicture;

/// Asks for the value of a key. The reply is a [`KeyValue`].
#[derive(Event)]
pub(crate) struct ReadKey {
    pub(crate) requestor: ActorId,
    pub(crate) key: &'static str,
}

/// What a key was found to hold.
#[derive(Event)]
pub(crate) struct KeyValue {
    pub(crate) key: &'static str,
    pub(crate) value: Option<RoomPicture>,
}

/// Asks for a value to be written. The reply is [`Confirmed`].
#[derive(Event)]
pub(crate) struct WriteKey {
    pub(crate) requestor: ActorId,
    pub(crate) key: &'static str,
    pub(crate) value: RoomPicture,
}

/// A value was written.
#[derive(Event)]
pub(crate) struct Confirmed {
    pub(crate) value: RoomPicture,
    /// It took the place of another.
    pub(crate) existing: bool,
}

/// Asks for a key to be removed. There is no reply.
#[derive(Event)]
pub(crate) struct DeleteKey {
    pub(crate) key: &'static str,
}

/// Stands for a service in the cloud that stores values under keys.
#[derive(Default)]
pub struct MockStorage {
    values: BTreeMap<&'static str, RoomPicture>,
}

#[actor]
impl MockStorage {
    #[on(ReadKey)]
    fn read(&mut self, context: &mut Context<Self>, ReadKey { requestor, key }: ReadKey) {
        spec::assert!(!key.is_empty(), "a key to be read is empty");
        let value = self.values.get(key).cloned();
        context.send(&requestor, KeyValue { key, value });
    }

    #[on(WriteKey)]
    fn write(&mut self, context: &mut Context<Self>, WriteKey { requestor, key, value }: WriteKey) {
        spec::assert!(!key.is_empty(), "a key to be written is empty");
        let existing = self.values.insert(key, value.clone()).is_some();
        context.send(&requestor, Confirmed { value, existing });
    }

    #[on(DeleteKey)]
    fn delete(&mut self, DeleteKey { key }: DeleteKey) {
        spec::assert!(!key.is_empty(), "a key to be deleted is empty");
        self.values.remove(key);
    }
}
