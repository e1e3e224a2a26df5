import {Select, TextInput} from '@inkjs/ui';
import {Box, render, Text, useApp} from 'ink';
import {useState, type ReactNode} from 'react';
import {InkStdin} from '../../console/input/ink-stdin.ts';

/** One question: a text, or one of several choices. */
export interface InitQuestion {
  text: string;
  /** The answer if the person presses Enter at once: of a text; of choices the first. */
  suggested: string;
  choices?: readonly {label: string; value: string}[];
  /** Why this is no answer; null: it is one. */
  mistakeOf(answer: string): string | null;
}

interface QuestionsProps {
  questions: readonly InitQuestion[];
  onAnswers(answers: readonly string[]): void;
}

function Questions({questions, onAnswers}: QuestionsProps): ReactNode {
  const {exit} = useApp();
  const [answers, setAnswers] = useState<readonly string[]>([]);
  const [mistake, setMistake] = useState<string | null>(null);
  const question = questions[answers.length];
  const onAnswer = (typed: string): void => {
    const answer = typed.trim();
    const wrong = question?.mistakeOf(answer) ?? null;
    setMistake(wrong);
    if (wrong !== null) return;
    const all = [...answers, answer];
    setAnswers(all);
    if (all.length < questions.length) return;
    onAnswers(all);
    exit();
  };
  return (
    <Box flexDirection="column">
      {answers.map((answer, index) => (
        <Text key={questions[index]?.text}>
          ✔ {questions[index]?.text} <Text bold>{answer === '' ? '—' : answer}</Text>
        </Text>
      ))}
      {question !== undefined && (
        <Box flexDirection="column" key={answers.length}>
          <Text>
            ? {question.text} <Text dimColor>{`${answers.length + 1}/${questions.length}`}</Text>
          </Text>
          {question.choices === undefined ? (
            <TextInput defaultValue={question.suggested} onSubmit={onAnswer} />
          ) : (
            <Select options={[...question.choices]} onChange={onAnswer} />
          )}
          {mistake !== null && <Text>✖ {mistake}</Text>}
        </Box>
      )}
    </Box>
  );
}

/** Asks the questions one after the other on stderr. Null: the person pressed Ctrl-C. */
export async function askQuestions(questions: readonly InitQuestion[]): Promise<readonly string[] | null> {
  let answers: readonly string[] | null = null;
  const app = render(
    <Questions
      questions={questions}
      onAnswers={all => {
        answers = all;
      }}
    />,
    {
      stdout: process.stderr as unknown as NodeJS.WriteStream,
      stdin: new InkStdin(process.stdin) as unknown as NodeJS.ReadStream,
      exitOnCtrlC: true,
      patchConsole: false,
    },
  );
  await app.waitUntilExit();
  return answers;
}
