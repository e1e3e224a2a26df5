#!/usr/bin/env node
// The launcher. Plain JavaScript that Node 12 can still parse, so that an old Node is told what is missing
// instead of failing on syntax; it loads nothing but Node's own modules before the program itself.
import module from 'module';
import os from 'os';
import path from 'path';

const least = {major: 22, minor: 18};

const isTooOld = version => {
  const [major, minor] = version.slice(1).split('.').map(Number);
  return major < least.major || (major === least.major && minor < least.minor);
};

const compileCacheFolder = () => {
  const configured = process.env.XDG_CACHE_HOME;
  const base = configured && path.isAbsolute(configured) ? configured : path.join(os.homedir(), '.cache');
  return path.join(base, 'graydeck', 'compiled');
};

// Node 22 announces its SQLite as experimental on every start; no other warning is held back.
const withoutSqliteNotice = emitWarning =>
  function (warning, ...rest) {
    if (!String(warning).startsWith('SQLite is an experimental feature')) {
      emitWarning.call(process, warning, ...rest);
    }
  };

if (isTooOld(process.version)) {
  process.stderr.write(
    `Graydeck needs Node ${least.major}.${least.minor} or newer; this is ${process.version} (${process.execPath}).\n`,
  );
  process.exitCode = 2;
} else {
  // React picks its development build unless this is set before its first import.
  process.env.NODE_ENV = 'production';
  process.emitWarning = withoutSqliteNotice(process.emitWarning);
  if (!process.env.NODE_COMPILE_CACHE) {
    module.enableCompileCache(compileCacheFolder());
  }
  void import('./main.js');
}
