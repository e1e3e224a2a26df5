import {describe, expect, test} from 'vitest';
import {normalOf, studentNormal} from '../../source/analysis/student.ts';

const units = (values: number[], variance = 0) => values.map(value => ({value, variance}));

describe("Student's t", () => {
  test.each([
    [3, 5.841],
    [5, 4.032],
    [10, 3.169],
    [30, 2.75],
  ])('of %d degrees of freedom is as rare at %d as a normal at 2.576', (freedom, t) => {
    expect(normalOf(t, freedom)).toBeGreaterThan(2.54);
    expect(normalOf(t, freedom)).toBeLessThan(2.58);
    expect(normalOf(-t, freedom)).toBe(-normalOf(t, freedom));
  });

  test('is of the means, with the spread between units', () => {
    // Means 6 and 2, squares 2 and 2 in 3 degrees of freedom.
    const t = 4 / Math.sqrt((4 / 3) * (1 / 2 + 1 / 3));
    expect(studentNormal(units([5, 7]), units([1, 2, 3]))).toBeCloseTo(normalOf(t, 3), 12);
    expect(studentNormal(units([1, 2, 3]), units([5, 7]))).toBeCloseTo(-normalOf(t, 3), 12);
  });

  test('of one unit has the spread of the others', () => {
    const t = 4 / Math.sqrt((2 / 3) * (1 + 1 / 4));
    expect(studentNormal(units([6]), units([1, 2, 2, 3]))).toBeCloseTo(normalOf(t, 3), 12);
  });

  test('has at least the variance that small samples give', () => {
    const t = 2 / Math.sqrt(4 / 2 + 1 / 3);
    expect(studentNormal(units([3, 3], 4), units([1, 1, 1], 1))).toBeCloseTo(normalOf(t, 3), 12);
  });

  test('is 0 where both are alike, also without any spread', () => {
    expect(studentNormal(units([2, 2]), units([2, 2, 2]))).toBe(0);
  });
});
