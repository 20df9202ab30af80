//! Checksums: the vectors that pytest reads too, the check values of the catalogue, and each by its definition.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::thread;

use _core::checksum::Algorithm;
use proptest::prelude::*;
use serde_json::Value as Json;

fn vectors() -> Json {
    serde_json::from_str(include_str!("vectors/checksums.json")).unwrap()
}

fn compute(name: &str, data: &[u8], start: u64) -> u128 {
    Algorithm::find(name).unwrap().compute(data, start)
}

fn unhex(text: &str) -> Vec<u8> {
    let digits = text.as_bytes().as_chunks::<2>().0;
    digits.iter().map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// The words of the data, zeros behind it.
fn words(data: &[u8], width: usize, big: bool) -> Vec<u64> {
    let size = width / 8;
    let word = |bytes: &[u8]| {
        (0..size).fold(0, |word, index| {
            let byte = u64::from(bytes.get(index).copied().unwrap_or(0));
            if big { word << 8 | byte } else { word | byte << (8 * index) }
        })
    };
    data.chunks(size).map(word).collect()
}

/// The CRC one bit after the other, as the catalogue describes it.
fn by_definition<W: crc::Width + Copy + Into<u128>>(crc: &crc::Algorithm<W>, data: &[u8]) -> u128 {
    let width = crc.width;
    let mut register: u128 = crc.init.into();
    for byte in data {
        for bit in 0..8 {
            let coming = byte >> (if crc.refin { bit } else { 7 - bit }) & 1;
            let going = register >> (width - 1) & 1;
            register = register << 1 & ((1 << width) - 1);
            if u128::from(coming) != going {
                register ^= crc.poly.into();
            }
        }
    }
    if crc.refout {
        register = register.reverse_bits() >> (128 - width);
    }
    register ^ crc.xorout.into()
}

#[test]
fn algorithms() {
    let vectors = vectors();
    let (digests, numbers): (Vec<_>, Vec<_>) =
        vectors["algorithms"].as_array().unwrap().iter().partition(|row| row["is_digest"].as_bool().unwrap());
    let ours: Vec<_> = Algorithm::all().collect();
    assert_eq!(ours.len(), numbers.len());
    for (algorithm, row) in ours.iter().zip(numbers) {
        assert_eq!(algorithm.name(), row["name"]);
        assert_eq!(algorithm.width(), row["width"], "{row}");
        assert_eq!(algorithm.takes_start(), row["takes_start"], "{row}");
    }
    assert_eq!(digests.len(), 12);
    for row in digests {
        assert_eq!(Algorithm::find(row["name"].as_str().unwrap()), None, "{row}");
    }
}

#[test]
fn names() {
    let vectors = vectors();
    let mut spelled = Vec::new();
    for row in vectors["names"].as_array().unwrap() {
        let name = row["name"].as_str().unwrap();
        let found = Algorithm::find(name);
        match row["algorithm"].as_str().and_then(Algorithm::find) {
            Some(algorithm) => assert_eq!(found, Some(algorithm), "{row}"),
            // Nobody's, or that of a digest.
            None => assert_eq!(found, None, "{row}"),
        }
        spelled.push(name);
    }
    for name in Algorithm::all().flat_map(|algorithm| algorithm.names()) {
        assert!(spelled.contains(&name), "Python does not know {name}");
    }
    assert_eq!(format!("{:?}", Algorithm::find("modbus").unwrap()), "Algorithm(\"crc-16/modbus\")");
}

#[test]
fn values() {
    let vectors = vectors();
    let rows = vectors["values"].as_array().unwrap();
    let mut computed = 0;
    for row in rows {
        let data = unhex(row["data"].as_str().unwrap()).repeat(row["times"].as_u64().unwrap().try_into().unwrap());
        if let Some(algorithm) = Algorithm::find(row["name"].as_str().unwrap()) {
            let value = algorithm.compute(&data, row["start"].as_u64().unwrap());
            assert_eq!(value.to_string(), row["value"].to_string(), "{row}");
            computed += 1;
        }
    }
    assert!(computed > 1000, "{computed} of {} lines", rows.len());
}

/// Looks at CRCs of the crate, by the names of its constants.
macro_rules! check {
    ($($name:ident)*) => {{
        $(
            let value = compute(stringify!($name), b"123456789", 0);
            assert_eq!(value, crc::$name.check.into(), stringify!($name));
            assert_eq!(value, by_definition(&crc::$name, b"123456789"), stringify!($name));
        )*
        [$(stringify!($name)),*].len()
    }};
}

#[test]
fn check_values() {
    let checked = check!(
        CRC_3_GSM CRC_3_ROHC CRC_4_G_704 CRC_4_INTERLAKEN CRC_5_EPC_C1G2 CRC_5_G_704 CRC_5_USB CRC_6_CDMA2000_A
        CRC_6_CDMA2000_B CRC_6_DARC CRC_6_G_704 CRC_6_GSM CRC_7_MMC CRC_7_ROHC CRC_7_UMTS CRC_8_AUTOSAR
        CRC_8_BLUETOOTH CRC_8_CDMA2000 CRC_8_DARC CRC_8_DVB_S2 CRC_8_GSM_A CRC_8_GSM_B CRC_8_HITAG CRC_8_I_432_1
        CRC_8_I_CODE CRC_8_LTE CRC_8_MAXIM_DOW CRC_8_MIFARE_MAD CRC_8_NRSC_5 CRC_8_OPENSAFETY CRC_8_ROHC
        CRC_8_SAE_J1850 CRC_8_SMBUS CRC_8_TECH_3250 CRC_8_WCDMA CRC_10_ATM CRC_10_CDMA2000 CRC_10_GSM CRC_11_FLEXRAY
        CRC_11_UMTS CRC_12_CDMA2000 CRC_12_DECT CRC_12_GSM CRC_12_UMTS CRC_13_BBC CRC_14_DARC CRC_14_GSM CRC_15_CAN
        CRC_15_MPT1327 CRC_16_ARC CRC_16_CDMA2000 CRC_16_CMS CRC_16_DDS_110 CRC_16_DECT_R CRC_16_DECT_X CRC_16_DNP
        CRC_16_EN_13757 CRC_16_GENIBUS CRC_16_GSM CRC_16_IBM_3740 CRC_16_IBM_SDLC CRC_16_ISO_IEC_14443_3_A
        CRC_16_KERMIT CRC_16_LJ1200 CRC_16_M17 CRC_16_MAXIM_DOW CRC_16_MCRF4XX CRC_16_MODBUS CRC_16_NRSC_5
        CRC_16_OPENSAFETY_A CRC_16_OPENSAFETY_B CRC_16_PROFIBUS CRC_16_RIELLO CRC_16_SPI_FUJITSU CRC_16_T10_DIF
        CRC_16_TELEDISK CRC_16_TMS37157 CRC_16_UMTS CRC_16_USB CRC_16_XMODEM CRC_17_CAN_FD CRC_21_CAN_FD CRC_24_BLE
        CRC_24_FLEXRAY_A CRC_24_FLEXRAY_B CRC_24_INTERLAKEN CRC_24_LTE_A CRC_24_LTE_B CRC_24_OPENPGP CRC_24_OS_9
        CRC_30_CDMA CRC_31_PHILIPS CRC_32_AIXM CRC_32_AUTOSAR CRC_32_BASE91_D CRC_32_BZIP2 CRC_32_CD_ROM_EDC
        CRC_32_CKSUM CRC_32_ISCSI CRC_32_ISO_HDLC CRC_32_JAMCRC CRC_32_MEF CRC_32_MPEG_2 CRC_32_XFER CRC_40_GSM
        CRC_64_ECMA_182 CRC_64_GO_ISO CRC_64_MS CRC_64_NVME CRC_64_REDIS CRC_64_WE CRC_64_XZ CRC_82_DARC
    );
    assert_eq!(checked, Algorithm::all().filter(|algorithm| algorithm.name().starts_with("crc")).count());
}

#[test]
fn small_stacks() {
    // Tables are made on the stack of whoever needs them first.
    let made = thread::Builder::new().stack_size(128 << 10).spawn(|| {
        for algorithm in Algorithm::all() {
            let _ = algorithm.compute(b"1", 0);
        }
    });
    made.unwrap().join().unwrap();
}

proptest! {
    #[test]
    fn crcs(data in prop::collection::vec(any::<u8>(), 0..200)) {
        // Of each size of registers, in both directions and across them.
        prop_assert_eq!(compute("crc-5/usb", &data, 0), by_definition(&crc::CRC_5_USB, &data));
        prop_assert_eq!(compute("crc-7/mmc", &data, 0), by_definition(&crc::CRC_7_MMC, &data));
        prop_assert_eq!(compute("crc-12/umts", &data, 0), by_definition(&crc::CRC_12_UMTS, &data));
        prop_assert_eq!(compute("crc-16/modbus", &data, 0), by_definition(&crc::CRC_16_MODBUS, &data));
        prop_assert_eq!(compute("crc-24/openpgp", &data, 0), by_definition(&crc::CRC_24_OPENPGP, &data));
        prop_assert_eq!(compute("crc-32/iso-hdlc", &data, 0), by_definition(&crc::CRC_32_ISO_HDLC, &data));
        prop_assert_eq!(compute("crc-40/gsm", &data, 0), by_definition(&crc::CRC_40_GSM, &data));
        prop_assert_eq!(compute("crc-64/xz", &data, 0), by_definition(&crc::CRC_64_XZ, &data));
        prop_assert_eq!(compute("crc-82/darc", &data, 0), by_definition(&crc::CRC_82_DARC, &data));
    }

    #[test]
    fn sums(data in prop::collection::vec(any::<u8>(), 0..100), start: u64) {
        let sum = data.iter().map(|byte| u128::from(*byte)).sum::<u128>() + u128::from(start);
        for width in [8, 16, 32, 64] {
            prop_assert_eq!(compute(&format!("sum-{width}"), &data, start), sum % (1 << width));
        }
        for width in [8, 16, 32] {
            let xor = words(&data, width, true).iter().fold(start % (1 << width), |xor, word| xor ^ word);
            prop_assert_eq!(compute(&format!("xor-{width}"), &data, start), xor.into());
        }
        let mut internet = u128::from(start);
        for word in words(&data, 16, true) {
            internet += u128::from(word);
        }
        while internet > 0xFFFF {
            internet = (internet >> 16) + (internet & 0xFFFF);
        }
        prop_assert_eq!(compute("internet", &data, start), internet ^ 0xFFFF);
    }

    #[test]
    fn two_sums(data in prop::collection::vec(prop_oneof![Just(0xFF), any::<u8>()], 0..100), times in 1_usize..200) {
        let data = data.repeat(times);
        let step_by_step = |width: usize, modulus: u64, first: u64| {
            words(&data, width, false).iter().fold((first, 0), |(sum, sums), word| {
                let sum = (sum + word) % modulus;
                (sum, (sums + sum) % modulus)
            })
        };
        let (sum, sums) = step_by_step(8, 65521, 1);
        prop_assert_eq!(compute("adler-32", &data, 0), u128::from(sums << 16 | sum));
        for width in [8, 16, 32] {
            let (sum, sums) = step_by_step(width, (1 << width) - 1, 0);
            prop_assert_eq!(compute(&format!("fletcher-{}", 2 * width), &data, 0), u128::from(sums << width | sum));
        }
    }
}
