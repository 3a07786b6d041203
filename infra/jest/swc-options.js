const { readFileSync } = require('node:fs');
const { resolve } = require('node:path');

// What Jest hands to swc: the same language settings as the build, aliases resolved by swc, also in Jest's global set-up.
const root = resolve(__dirname, '../..');
const { jsc } = JSON.parse(readFileSync(`${root}/.swcrc`, 'utf8'));
module.exports = { swcrc: false, jsc: { ...jsc, baseUrl: root }, module: { type: 'commonjs' }, sourceMaps: 'inline' };
