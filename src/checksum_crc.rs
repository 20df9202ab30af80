//! The CRCs of the catalogue, their names, and the tables that they are computed with.
//!
//! The parameters are those of the crate `crc`, which has them from the [catalogue of CRC RevEng]. So are the names and
//! other names. `python/bebytes/_checksum_catalogue.py` has the same.
//!
//! [catalogue of CRC RevEng]: https://reveng.sourceforge.io/crc-catalogue/all.htm

use std::sync::OnceLock;

use crc::{Algorithm, NoTable, Table};

/// A CRC.
pub(crate) struct Crc {
    names: &'static str,
    register: Register,
}

/// Parameters by the size of the register, and the tables for them, which are made on first use and kept.
enum Register {
    /// For narrow CRCs as well, so that there is no code for 8 and 16 bits. There are 16 tables, for as many bytes at
    /// once: 16 KiB, and several times as fast as one table for each byte.
    Bits32(Algorithm<u32>, OnceLock<Box<crc::Crc<u32, Table<16>>>>),
    /// With one table. 16 would be 32 KiB, which is too much for a small stack, and that is where they are made.
    Bits64(&'static Algorithm<u64>, OnceLock<Box<crc::Crc<u64, Table<1>>>>),
    /// With none, since it is a single CRC, from a radio service of 16 kbit/s.
    Bits128(&'static Algorithm<u128>),
}

impl Crc {
    /// Its name, then its other names, with one blank between two.
    pub(crate) fn names(&self) -> &'static str {
        self.names
    }

    /// The bits of its numbers.
    pub(crate) fn width(&self) -> u32 {
        match &self.register {
            Register::Bits32(parameters, _) => parameters.width.into(),
            Register::Bits64(parameters, _) => parameters.width.into(),
            Register::Bits128(parameters) => parameters.width.into(),
        }
    }

    /// The CRC of these bytes.
    pub(crate) fn compute(&'static self, data: &[u8]) -> u128 {
        match &self.register {
            Register::Bits32(parameters, tables) => {
                tables.get_or_init(|| Box::new(crc::Crc::<u32, _>::new(parameters))).checksum(data).into()
            }
            Register::Bits64(parameters, tables) => {
                tables.get_or_init(|| Box::new(crc::Crc::<u64, _>::new(parameters))).checksum(data).into()
            }
            Register::Bits128(parameters) => crc::Crc::<u128, NoTable>::new(parameters).checksum(data),
        }
    }
}

const fn to_8(names: &'static str, of: Algorithm<u8>) -> Crc {
    narrow(names, of.width, (of.poly as u32, of.init as u32, of.xorout as u32), (of.refin, of.refout))
}

const fn to_16(names: &'static str, of: Algorithm<u16>) -> Crc {
    narrow(names, of.width, (of.poly as u32, of.init as u32, of.xorout as u32), (of.refin, of.refout))
}

const fn to_32(names: &'static str, of: Algorithm<u32>) -> Crc {
    narrow(names, of.width, (of.poly, of.init, of.xorout), (of.refin, of.refout))
}

const fn narrow(
    names: &'static str,
    width: u8,
    (poly, init, xorout): (u32, u32, u32),
    (refin, refout): (bool, bool),
) -> Crc {
    // Nobody asks for the last two, and zeros take no room in the wheel.
    let parameters = Algorithm { width, poly, init, refin, refout, xorout, check: 0, residue: 0 };
    Crc { names, register: Register::Bits32(parameters, OnceLock::new()) }
}

const fn to_64(names: &'static str, of: &'static Algorithm<u64>) -> Crc {
    Crc { names, register: Register::Bits64(of, OnceLock::new()) }
}

const fn to_128(names: &'static str, of: &'static Algorithm<u128>) -> Crc {
    Crc { names, register: Register::Bits128(of) }
}

pub(crate) static CATALOGUE: [Crc; 113] = [
    to_8("crc-3/gsm", crc::CRC_3_GSM),
    to_8("crc-3/rohc", crc::CRC_3_ROHC),
    to_8("crc-4/g-704 crc-4/itu", crc::CRC_4_G_704),
    to_8("crc-4/interlaken", crc::CRC_4_INTERLAKEN),
    to_8("crc-5/epc-c1g2 crc-5/epc", crc::CRC_5_EPC_C1G2),
    to_8("crc-5/g-704 crc-5/itu", crc::CRC_5_G_704),
    to_8("crc-5/usb", crc::CRC_5_USB),
    to_8("crc-6/cdma2000-a", crc::CRC_6_CDMA2000_A),
    to_8("crc-6/cdma2000-b", crc::CRC_6_CDMA2000_B),
    to_8("crc-6/darc", crc::CRC_6_DARC),
    to_8("crc-6/g-704 crc-6/itu", crc::CRC_6_G_704),
    to_8("crc-6/gsm", crc::CRC_6_GSM),
    to_8("crc-7/mmc crc-7", crc::CRC_7_MMC),
    to_8("crc-7/rohc", crc::CRC_7_ROHC),
    to_8("crc-7/umts", crc::CRC_7_UMTS),
    to_8("crc-8/autosar", crc::CRC_8_AUTOSAR),
    to_8("crc-8/bluetooth", crc::CRC_8_BLUETOOTH),
    to_8("crc-8/cdma2000", crc::CRC_8_CDMA2000),
    to_8("crc-8/darc", crc::CRC_8_DARC),
    to_8("crc-8/dvb-s2", crc::CRC_8_DVB_S2),
    to_8("crc-8/gsm-a", crc::CRC_8_GSM_A),
    to_8("crc-8/gsm-b", crc::CRC_8_GSM_B),
    to_8("crc-8/hitag", crc::CRC_8_HITAG),
    to_8("crc-8/i-432-1 crc-8/itu", crc::CRC_8_I_432_1),
    to_8("crc-8/i-code", crc::CRC_8_I_CODE),
    to_8("crc-8/lte", crc::CRC_8_LTE),
    to_8("crc-8/maxim-dow crc-8/maxim dow-crc", crc::CRC_8_MAXIM_DOW),
    to_8("crc-8/mifare-mad", crc::CRC_8_MIFARE_MAD),
    to_8("crc-8/nrsc-5", crc::CRC_8_NRSC_5),
    to_8("crc-8/opensafety", crc::CRC_8_OPENSAFETY),
    to_8("crc-8/rohc", crc::CRC_8_ROHC),
    to_8("crc-8/sae-j1850", crc::CRC_8_SAE_J1850),
    to_8("crc-8/smbus crc-8", crc::CRC_8_SMBUS),
    to_8("crc-8/tech-3250 crc-8/aes crc-8/ebu", crc::CRC_8_TECH_3250),
    to_8("crc-8/wcdma", crc::CRC_8_WCDMA),
    to_16("crc-10/atm crc-10 crc-10/i-610", crc::CRC_10_ATM),
    to_16("crc-10/cdma2000", crc::CRC_10_CDMA2000),
    to_16("crc-10/gsm", crc::CRC_10_GSM),
    to_16("crc-11/flexray crc-11", crc::CRC_11_FLEXRAY),
    to_16("crc-11/umts", crc::CRC_11_UMTS),
    to_16("crc-12/cdma2000", crc::CRC_12_CDMA2000),
    to_16("crc-12/dect x-crc-12", crc::CRC_12_DECT),
    to_16("crc-12/gsm", crc::CRC_12_GSM),
    to_16("crc-12/umts crc-12/3gpp", crc::CRC_12_UMTS),
    to_16("crc-13/bbc", crc::CRC_13_BBC),
    to_16("crc-14/darc", crc::CRC_14_DARC),
    to_16("crc-14/gsm", crc::CRC_14_GSM),
    to_16("crc-15/can crc-15", crc::CRC_15_CAN),
    to_16("crc-15/mpt1327", crc::CRC_15_MPT1327),
    to_16("crc-16/arc arc crc-16 crc-16/lha crc-ibm", crc::CRC_16_ARC),
    to_16("crc-16/cdma2000", crc::CRC_16_CDMA2000),
    to_16("crc-16/cms", crc::CRC_16_CMS),
    to_16("crc-16/dds-110", crc::CRC_16_DDS_110),
    to_16("crc-16/dect-r r-crc-16", crc::CRC_16_DECT_R),
    to_16("crc-16/dect-x x-crc-16", crc::CRC_16_DECT_X),
    to_16("crc-16/dnp", crc::CRC_16_DNP),
    to_16("crc-16/en-13757", crc::CRC_16_EN_13757),
    to_16("crc-16/genibus crc-16/darc crc-16/epc crc-16/epc-c1g2 crc-16/i-code", crc::CRC_16_GENIBUS),
    to_16("crc-16/gsm", crc::CRC_16_GSM),
    to_16("crc-16/ibm-3740 crc-16/autosar crc-16/ccitt-false", crc::CRC_16_IBM_3740),
    to_16("crc-16/ibm-sdlc crc-16/iso-hdlc crc-16/iso-iec-14443-3-b crc-16/x-25 crc-b x-25", crc::CRC_16_IBM_SDLC),
    to_16("crc-16/iso-iec-14443-3-a crc-a", crc::CRC_16_ISO_IEC_14443_3_A),
    to_16(
        "crc-16/kermit crc-16/bluetooth crc-16/ccitt crc-16/ccitt-true crc-16/v-41-lsb crc-ccitt kermit",
        crc::CRC_16_KERMIT,
    ),
    to_16("crc-16/lj1200", crc::CRC_16_LJ1200),
    to_16("crc-16/m17", crc::CRC_16_M17),
    to_16("crc-16/maxim-dow crc-16/maxim", crc::CRC_16_MAXIM_DOW),
    to_16("crc-16/mcrf4xx", crc::CRC_16_MCRF4XX),
    to_16("crc-16/modbus modbus", crc::CRC_16_MODBUS),
    to_16("crc-16/nrsc-5", crc::CRC_16_NRSC_5),
    to_16("crc-16/opensafety-a", crc::CRC_16_OPENSAFETY_A),
    to_16("crc-16/opensafety-b", crc::CRC_16_OPENSAFETY_B),
    to_16("crc-16/profibus crc-16/iec-61158-2", crc::CRC_16_PROFIBUS),
    to_16("crc-16/riello", crc::CRC_16_RIELLO),
    to_16("crc-16/spi-fujitsu crc-16/aug-ccitt", crc::CRC_16_SPI_FUJITSU),
    to_16("crc-16/t10-dif", crc::CRC_16_T10_DIF),
    to_16("crc-16/teledisk", crc::CRC_16_TELEDISK),
    to_16("crc-16/tms37157", crc::CRC_16_TMS37157),
    to_16("crc-16/umts crc-16/buypass crc-16/verifone", crc::CRC_16_UMTS),
    to_16("crc-16/usb", crc::CRC_16_USB),
    to_16("crc-16/xmodem crc-16/acorn crc-16/lte crc-16/v-41-msb xmodem zmodem", crc::CRC_16_XMODEM),
    to_32("crc-17/can-fd", crc::CRC_17_CAN_FD),
    to_32("crc-21/can-fd", crc::CRC_21_CAN_FD),
    to_32("crc-24/ble", crc::CRC_24_BLE),
    to_32("crc-24/flexray-a", crc::CRC_24_FLEXRAY_A),
    to_32("crc-24/flexray-b", crc::CRC_24_FLEXRAY_B),
    to_32("crc-24/interlaken", crc::CRC_24_INTERLAKEN),
    to_32("crc-24/lte-a", crc::CRC_24_LTE_A),
    to_32("crc-24/lte-b", crc::CRC_24_LTE_B),
    to_32("crc-24/openpgp crc-24", crc::CRC_24_OPENPGP),
    to_32("crc-24/os-9", crc::CRC_24_OS_9),
    to_32("crc-30/cdma", crc::CRC_30_CDMA),
    to_32("crc-31/philips", crc::CRC_31_PHILIPS),
    to_32("crc-32/aixm crc-32q", crc::CRC_32_AIXM),
    to_32("crc-32/autosar", crc::CRC_32_AUTOSAR),
    to_32("crc-32/base91-d crc-32d", crc::CRC_32_BASE91_D),
    to_32("crc-32/bzip2 crc-32/aal5 crc-32/dect-b b-crc-32", crc::CRC_32_BZIP2),
    to_32("crc-32/cd-rom-edc", crc::CRC_32_CD_ROM_EDC),
    to_32("crc-32/cksum cksum crc-32/posix", crc::CRC_32_CKSUM),
    to_32("crc-32/iscsi crc-32/base91-c crc-32/castagnoli crc-32/interlaken crc-32c crc-32/nvme", crc::CRC_32_ISCSI),
    to_32("crc-32/iso-hdlc crc-32 crc-32/adccp crc-32/v-42 crc-32/xz pkzip", crc::CRC_32_ISO_HDLC),
    to_32("crc-32/jamcrc jamcrc", crc::CRC_32_JAMCRC),
    to_32("crc-32/mef", crc::CRC_32_MEF),
    to_32("crc-32/mpeg-2", crc::CRC_32_MPEG_2),
    to_32("crc-32/xfer xfer", crc::CRC_32_XFER),
    to_64("crc-40/gsm", &crc::CRC_40_GSM),
    to_64("crc-64/ecma-182 crc-64", &crc::CRC_64_ECMA_182),
    to_64("crc-64/go-iso", &crc::CRC_64_GO_ISO),
    to_64("crc-64/ms", &crc::CRC_64_MS),
    to_64("crc-64/nvme", &crc::CRC_64_NVME),
    to_64("crc-64/redis", &crc::CRC_64_REDIS),
    to_64("crc-64/we", &crc::CRC_64_WE),
    to_64("crc-64/xz crc-64/go-ecma", &crc::CRC_64_XZ),
    to_128("crc-82/darc", &crc::CRC_82_DARC),
];
