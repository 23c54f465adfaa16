// Verifies C2SP tlog-proofs with @sigstore/verify, which shares no code with Seawall. Each holds its entry as extra data.
//
// usage: node verify_proofs.js NODE_MODULES VKEY PROOF...    prints "INDEX SIZE" for each
'use strict';
const {createPublicKey} = require('node:crypto');
const {readFileSync} = require('node:fs');
const {join} = require('node:path');

const [modules, vkey, ...paths] = process.argv.slice(2);
const part = (name) => require(join(modules, '@sigstore/verify/dist/tlog', name));
const {verifyCheckpoint} = part('checkpoint.js');
const {verifyMerkleInclusion} = part('merkle.js');

// The head of a SubjectPublicKeyInfo of Ed25519 (RFC 8410, section 4).
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');

// The key's base64 may hold a '+' too.
const [, name, id, key] = vkey.match(/^([^+]+)\+([^+]+)\+(.+)$/);
const log = {
  logID: Buffer.from(id, 'hex'),
  baseURL: name,
  publicKey: createPublicKey({
    key: Buffer.concat([SPKI_HEAD, Buffer.from(key, 'base64').subarray(1)]), format: 'der', type: 'spki',
  }),
};

function verify(text) {
  const end = text.indexOf('\n\n');
  const [version, extra, index, ...hashes] = text.slice(0, end).split('\n');
  if (version !== 'c2sp.org/tlog-proof@v1') throw new Error('not a tlog-proof');
  const entry = {
    canonicalizedBody: Buffer.from(extra.replace(/^extra /, ''), 'base64'),
    inclusionProof: {
      logIndex: index.replace(/^index /, ''),
      hashes: hashes.map((hash) => Buffer.from(hash, 'base64')),
      checkpoint: {envelope: text.slice(end + 2)},
    },
  };
  const checkpoint = verifyCheckpoint(entry, [log]);
  verifyMerkleInclusion(entry, checkpoint);
  return `${index.slice('index '.length)} ${checkpoint.logSize}`;
}

for (const path of paths) console.log(verify(readFileSync(path, 'utf-8')));
