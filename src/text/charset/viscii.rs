//! VISCII, one byte a letter (RFC 1456), which the WHATWG standard does not have.

/// The letters from 80 to FF.
const UPPER: &str = "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđựòóôõỏọụùúũủýợỮ";
/// The letters in places of control characters.
const LOWER: [(u8, char); 6] = [
    (0x02, 'Ẳ'),
    (0x05, 'Ẵ'),
    (0x06, 'Ẫ'),
    (0x14, 'Ỷ'),
    (0x19, 'Ỹ'),
    (0x1e, 'Ỵ'),
];

/// The text of the bytes.
pub(super) fn decode(bytes: &[u8]) -> String {
    let upper: Vec<char> = UPPER.chars().collect();
    let letter = |byte: &u8| match *byte {
        0x80.. => upper[usize::from(*byte - 0x80)],
        byte => LOWER
            .iter()
            .find(|(code, _)| *code == byte)
            .map_or(char::from(byte), |(_, letter)| *letter),
    };
    bytes.iter().map(letter).collect()
}
