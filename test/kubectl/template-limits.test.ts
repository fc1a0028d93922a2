import { expect, test } from 'vitest'
import { SimCluster } from 'simcluster'

const cluster = new SimCluster({ nodes: 0 })

const get = (template: string): { stdout: string; stderr: string; exitCode: number } =>
  cluster.kubectl(['get', 'namespace', 'default', '-o', `go-template=${template}`])

test.each([
  ['a width of 10^12', '{{printf "%1000000000000d" 1}}', '%!(NOVERB)%!(EXTRA int64=1)'],
  ['a precision of 10^12', '{{printf "%.1000000000000f" 1.5}}', '%!(NOVERB)%!(EXTRA float64=1.5)'],
  ['an ordinary width', '{{printf "%5d" 1}}', '    1'],
])('%s prints what Go prints', (_, template, out) => {
  expect(get(template).stdout).toBe(out)
})

test.each([
  ['a text that doubles', `{{$x := "aaaaaaaaaa"}}${'{{$x = print $x $x}}'.repeat(40)}`],
  ['many wide fields', '{{printf "%1000000d" 1}}'.repeat(100)],
  [
    'templates that call each other',
    '{{define "a"}}{{template "b"}}{{template "b"}}{{end}}' +
      '{{define "b"}}{{template "a"}}{{template "a"}}{{end}}{{template "a"}}',
  ],
  ['a range over a number', '{{range 1000000000}}x{{end}}'],
  ['nested ifs', `${'{{if true}}'.repeat(20_000)}x${'{{end}}'.repeat(20_000)}`],
  ['nested parentheses', `{{${'('.repeat(20_000)}1${')'.repeat(20_000)}}}`],
])('%s end in an error', (_, template) => {
  const { exitCode, stderr } = get(template)
  expect(exitCode).toBe(1)
  expect(stderr).toMatch(/error/)
})

test('a JSONPath whose results repeat all below them ends in an error', () => {
  const data = Object.fromEntries(Array.from({ length: 900 }, (_, at) => [`k${at}`, 'x'.repeat(1_000)]))
  cluster.create('configmaps', { metadata: { name: 'big' }, data })
  const path = `{range ${'.metadata'}}{end}${'{@}'.repeat(100)}`
  const { exitCode, stderr } = cluster.kubectl(['get', 'configmap', 'big', '-o', `jsonpath=${path}`])
  expect([exitCode, stderr]).toEqual([1, expect.stringContaining('bytes')])
})
