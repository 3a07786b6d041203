// What Jest hands to swc: the same language settings as the build, without its path rewriting (Jest maps the aliases itself).
const { jsc } = JSON.parse(require('node:fs').readFileSync(`${__dirname}/../../.swcrc`, 'utf8'));
const { baseUrl, paths, ...language } = jsc;
module.exports = { swcrc: false, jsc: language, module: { type: 'commonjs' }, sourceMaps: 'inline' };
