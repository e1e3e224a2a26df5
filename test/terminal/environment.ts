/** Variables by which programs choose how to draw; what runs the tests must not decide the picture. */
const drawing =
  /^(CI|CI_.*|CONTINUOUS_INTEGRATION|BUILD_NUMBER|GITHUB_ACTIONS|NO_COLOR|FORCE_COLOR|CLICOLOR.*|TERM_PROGRAM.*|TMUX.*|STY|VTE_VERSION|KITTY_.*|WEZTERM_.*|COLUMNS|LINES|INK_.*|NODE_ENV|DEV|VITEST.*|LANG|LANGUAGE|LC_.*|GRAYDECK_.*)$/;

/** The environment of a program in a test's terminal: 256 colours, UTF-8, English, no trace of the test run. */
export function terminalEnvironment(overrides: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !drawing.test(entry[0]),
  );
  return {
    ...Object.fromEntries(kept),
    TERM: 'xterm-256color',
    LANG: 'C.UTF-8',
    LC_ALL: 'C.UTF-8',
    ...overrides,
  };
}
