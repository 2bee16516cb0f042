//! Whole bodies through the door of the room.
