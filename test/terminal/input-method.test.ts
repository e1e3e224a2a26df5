import {expect, test} from 'vitest';
import {embeddedPlace, openConsole, startRelease, statusOf} from '../acceptance/place.ts';
import {eventually} from '../patience.ts';

// K7.
test('full-width letters of an input method are the keys they are', async () => {
  await using place = await embeddedPlace();
  await startRelease(place);
  await using console = await openConsole(place);
  console.press('？');
  await console.until('KEYS ─');
  console.press('ｑ');
  await console.gone('KEYS ─');
  console.press('ｇ');
  await console.until('SET PERCENT ─');
  console.press('１', '２', '％', 'Enter');
  await console.until('RAISE ─');
  console.press('ｙ');
  await eventually(async () => expect(await statusOf(place)).toMatchObject({percent: {set: 12}}));
  console.press('ｒ');
  await console.until('ROLL BACK ─');
  console.press('ｙ');
  await eventually(async () => expect(await statusOf(place)).toMatchObject({percent: {set: 0}}));
});

test.for(['к', 'н', 'ρ', 'ק', 'ㄱ', 'あ', '退', '、'])(
  'of %s the console says that another script is on, in a question too, and does nothing',
  async letter => {
    await using place = await embeddedPlace();
    await startRelease(place);
    await using console = await openConsole(place);
    console.press(letter);
    await console.until(`${letter} is no key here: the keyboard or input method writes another script`);
    console.press('Escape');
    await console.gone('no key here');
    console.press('r');
    await console.until('ROLL BACK ─');
    console.press(letter);
    await console.until(`${letter} is no key here`);
    await console.until('y does it, Esc leaves it');
    expect(await statusOf(place)).toMatchObject({head: 1});
  },
);

test('a field takes letters of any script as they are', async () => {
  await using place = await embeddedPlace();
  await startRelease(place);
  await using console = await openConsole(place);
  console.press('a', 'c');
  await console.until('text');
  console.press('ｋ', 'к', '退');
  await console.until('ｋк退');
});
