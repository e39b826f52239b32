/** What gpg lists of a keyring. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { addressIn, readKeys } from "../../../src/envelope/key-listing.ts";

const LISTING = `tru:o:1:1795400793:1:3:1:5
pub:u:255:22:7A7952CF6AF76703:1795400793:::u:::scESC:::::ed25519:::0:
fpr:::::::::105C8F28DDDFCF0A4FC651057A7952CF6AF76703:
uid:u::::1795400793::DD129CFD7C9B859A2322A8B2008A20AC596043F2::Eve \\x3a Ltd <eve@example.org>::::::::::0:
uid:r::::1795400793::DD129CFD7C9B859A2322A8B2008A20AC596043F3::eve@old.example::::::::::0:
sub:e:255:18:CDA6CC46F55EB9D4:1795400793::::::e:::::cv25519::
fpr:::::::::C62C068C4EA1190C592A9638CDA6CC46F55EB9D4:
sec:u:255:22:4003EBA60F21AA77:1795400793:::u:::scSC:::#::ed25519:::0:
fpr:::::::::A546F2D185D2C0A4219FB5DC4003EBA60F21AA77:
grp:::::::::9051BD0A76F77412F5C5EBC4A85C6DA63D40A233:
ssb:u:255:18:CDA6CC46F55EB9D5:1795400793::::::e:::D2760001240102::cv25519::
`;

test("keys are read with their user ids and subkeys, whatever stands between", () => {
  assert.deepEqual(readKeys(LISTING), [
    {
      validity: "u",
      capabilities: "scESC",
      token: "",
      fingerprint: "105C8F28DDDFCF0A4FC651057A7952CF6AF76703",
      userIds: [
        { validity: "u", text: "Eve : Ltd <eve@example.org>" },
        { validity: "r", text: "eve@old.example" },
      ],
      subkeys: [
        { validity: "u", capabilities: "scESC", token: "" },
        { validity: "e", capabilities: "e", token: "" },
      ],
    },
    {
      validity: "u",
      capabilities: "scSC",
      token: "#",
      fingerprint: "A546F2D185D2C0A4219FB5DC4003EBA60F21AA77",
      userIds: [],
      subkeys: [
        { validity: "u", capabilities: "scSC", token: "#" },
        { validity: "u", capabilities: "e", token: "D2760001240102" },
      ],
    },
  ]);
  assert.deepEqual(readKeys(""), []);
});

test("the address of a user id stands between angle brackets, or is all of it", () => {
  assert.equal(addressIn("Ada (work) <ada@example.org>"), "ada@example.org");
  assert.equal(addressIn("ada@example.org"), "ada@example.org");
  assert.equal(addressIn("<mallory@example.org> <ada@example.org>"), "ada@example.org");
  assert.equal(addressIn("Ada"), "Ada");
});
