import {version} from './version.ts';

if (process.argv.includes('--version')) {
  process.stdout.write(`${version}\n`);
} else {
  process.stderr.write('This verb is not built yet.\n');
  process.exitCode = 2;
}
