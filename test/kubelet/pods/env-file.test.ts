import { describe, expect, test } from 'vitest'
import { EnvFile } from '../../../src/kubelet/pods/env-file.js'

describe('an env file', () => {
  test.each([
    ['ignores space before a variable', "   A='1'\n\tB='2'\n", '2'],
    ['ignores blank lines and comments', "# A\n\nA='1'\n  # B\n\nB='2'\n", '2'],
    ['may have a comment after a value', "B='2' # why\n", '2'],
    ['takes a value literally', `B='a=b # "$HOME" \\n'`, 'a=b # "$HOME" \\n'],
    ['keeps the space in a value', "B='  two  '\n", '  two  '],
    ['may have a value of several lines', "A='1'\nB='one\n\n  two'\n", 'one\n\n  two'],
    ['has nothing for a variable that it does not name', "A='1'\n", ''],
    ['has nothing for an empty variable', "B=''\n", ''],
    ['is not read after the variable', "B='2'\nnonsense\n", '2'],
  ])('%s', (_rule, text, value) => {
    expect(new EnvFile(text).valueOf('B')).toBe(value)
  })

  test.each([
    ['a line without a value', "A='1'\nnonsense\nB='2'\n"],
    ['a value without quotes', 'B=2\n'],
    ['a value in double quotes', 'B="2"\n'],
    ['a value of two quoted parts', "B='2''3'\n"],
    ['a quote that is not closed', "B='2\n"],
    ['something after the value', "B='2'3\n"],
    ['space before the equals sign', "B ='2'\n"],
    ['space after it', "B= '2'\n"],
    ['no name', "='1'\nB='2'\n"],
  ])('cannot be parsed with %s', (_fault, text) => {
    expect(new EnvFile(text).valueOf('B')).toBeUndefined()
  })
})

test('an env file gives its variables in any order, and the first value of each', () => {
  const file = new EnvFile("A='1'\nB='2'\nA='3'\nnonsense\n")
  expect([file.valueOf('B'), file.valueOf('A'), file.valueOf('B')]).toEqual(['2', '1', '2'])
  expect(file.valueOf('C')).toBeUndefined()
  expect(file.valueOf('A')).toBe('1')
})
