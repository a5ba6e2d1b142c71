//! The room, who is in it, and what they drink.

use std::fmt;

/// A place in the room.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Location {
    /// To the right.
    pub x: u32,
    /// Away from the door.
    pub y: u32,
}

impl Location {
    /// Where the robot stands before it begins to serve.
    pub(crate) const INITIAL: Location = Location { x: 1, y: 1 };

    /// Returns any place that a client may be at.
    pub(crate) fn random() -> Location {
        let coordinate = || 2 + coyote::choose(28);
        Location { x: coordinate(), y: coordinate() }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "( {}, {} )", self.x, self.y)
    }
}

/// What a person may be served.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PersonType {
    /// Any drink.
    Adult,
    /// No alcohol.
    Minor,
}

impl PersonType {
    /// Returns the name of any drink for such a person.
    pub(crate) fn random_drink(self) -> &'static str {
        let drinks = match self {
            PersonType::Adult => &FOR_ADULTS,
            PersonType::Minor => &FOR_MINORS,
        };
        drinks[coyote::choose(drinks.len() as u32) as usize]
    }
}

const FOR_ADULTS: [&str; 15] = [
    "Ale",
    "Amaretto",
    "Bellini",
    "Bloody Mary",
    "Brandy",
    "Cider",
    "Daiquiri",
    "Gin and Tonic",
    "Lager",
    "Mojito",
    "Port",
    "Red Wine",
    "Sherry",
    "Whisky Sour",
    "White Wine",
];

const FOR_MINORS: [&str; 15] = [
    "Apple Juice",
    "Bitter Lemon",
    "Cocoa",
    "Cola",
    "Elderflower Water",
    "Ginger Ale",
    "Grape Juice",
    "Iced Tea",
    "Lemonade",
    "Mango Lassi",
    "Milk",
    "Orange Juice",
    "Peppermint Tea",
    "Tomato Juice",
    "Water",
];

/// A person to be served, as recognised in a picture.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClientDetails {
    /// What they may drink.
    pub person: PersonType,
    /// Where they are.
    pub place: Location,
}

/// Whom the robot is to serve next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DrinkOrder {
    /// The client.
    pub client: ClientDetails,
}

/// A picture of the room, taken by the robot.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RoomPicture {
    /// How many the robot had taken before.
    pub number: u32,
    /// The picture. A mock needs no more than a byte.
    pub image: [u8; 1],
}
