import { SimCluster } from 'simcluster'
import { describe, expect, it } from 'vitest'
import { goTemplateText } from '../../src/kubectl/print/go-template/go-template.js'

const data = {
  kind: 'List',
  n: 3,
  big: 12345678,
  tiny: 0.000012,
  half: 0.5,
  yes: true,
  no: false,
  empty: '',
  nothing: null,
  list: ['a', 'b'],
  items: [{ name: 'x', labels: { app: 'web', tier: 'front' } }, { name: 'y' }],
  secret: 'aGVsbG8=',
  'odd-key': 1,
}
const text = (template: string, allowMissingKeys = true): string =>
  goTemplateText(template, data, { allowMissingKeys })

describe('Go templates', () => {
  it.each([
    ['{{.kind}} {{ .n }}', 'List 3'],
    ['{{.big}} {{.tiny}} {{.half}}', '12345678 1.2e-05 0.5'],
    ['{{.list}} {{.items}}', '[a b] [map[labels:map[app:web tier:front] name:x] map[name:y]]'],
    ['{{.nope}} {{.nope.deeper}} {{.nothing}}', '<no value> <no value> <nil>'],
    ['{{range .items}}{{.name}} {{end}}', 'x y '],
    ['{{range $i, $e := .items}}{{$i}}={{$e.name}};{{end}}{{$.kind}}', '0=x;1=y;List'],
    ['{{range $k, $v := (index .items 0).labels}}{{$k}}:{{$v}},{{end}}', 'app:web,tier:front,'],
    ['{{range .none}}a{{else}}none{{end}}', 'none'],
    ['{{range .list}}{{if eq . "b"}}{{break}}{{end}}{{.}}{{end}}', 'a'],
    ['{{range .list}}{{if eq . "a"}}{{continue}}{{end}}{{.}}{{end}}', 'b'],
    ['{{if .no}}1{{else if .empty}}2{{else}}3{{end}}', '3'],
    ['{{with .list}}{{index . 1}}{{end}}{{with .empty}}x{{else}}y{{end}}', 'by'],
    ['a  {{- " b " -}}  c{{/* nothing */}}{{- /* and */ -}} d', 'a b cd'],
    ['{{$x := 1}}{{range .list}}{{$x = 2}}{{end}}{{$x}}', '2'],
    ['{{len .list}} {{len .kind}} {{index .list 0}} {{slice .kind 1 3}} {{index . "odd-key"}}', '2 4 a is 1'],
    [
      '{{and .yes .n}} {{or .no .empty "z"}} {{not .no}} {{eq .n 3}} {{ne .kind "x"}} {{lt .n 4}} ' +
        '{{ge .n 3}}',
      '3 z true true true true true',
    ],
    [
      '{{printf "%s-%v-%5.1f|%-4s|%q|%%|%d|%f" .kind .n .half "a" "b" .n .n}}',
      'List-3-  0.5|a   |"b"|%|3|%!f(int64=3)',
    ],
    ['{{print "a" 1 2 "b"}}{{println .kind}}', 'a1 2bList\n'],
    ['{{"<a>" | html}} {{urlquery "a b&c"}} {{.secret | base64decode}}', '&lt;a&gt; a+b%26c hello'],
    ['{{exists .items 0 "labels" "app"}} {{exists . "nope"}}', 'true false'],
    ['{{define "t"}}<{{.}}>{{end}}{{template "t" .kind}}{{block "u" .n}}[{{.}}]{{end}}', '<List>[3]'],
    ['{{`raw\\n`}}{{"\\u00e9\\t"}}{{true}}', 'raw\\né\ttrue'],
  ])('%s', (template, expected) => {
    expect(text(template)).toBe(expected)
  })

  it.each([
    ['{{.a', 'unclosed action'],
    ['{{if .a}}', 'unexpected EOF'],
    ['{{end}}', 'unexpected {{end}}'],
    ['{{nope .a}}', 'function "nope" not defined'],
    ['{{range}}{{end}}', 'missing value for range'],
  ])('refuses %s', (template, message) => {
    expect(() => text(template)).toThrow(`error parsing template ${template}, template: output:1: ${message}`)
  })

  it.each([
    ['{{index .list 7}}', 'error calling index: index out of range: 7'],
    ['{{.kind.x}}', "can't evaluate field x in type interface {}"],
    ['{{with .kind}}{{.x}}{{end}}', "can't evaluate field x in type string"],
    ['{{not}}', 'wrong number of args for not: want 1 got 0'],
    ['{{index}}', 'wrong number of args for index: want at least 1 got 0'],
    ['{{.kind 1}}', 'kind is not a method but has arguments'],
    ['{{nil}}', 'nil is not a command'],
    ['{{$x}}', 'undefined variable "$x"'],
    ['{{len .n}}', 'error calling len: len of type int64'],
  ])('fails at %s', (template, message) => {
    expect(() => text(template)).toThrow(message)
  })

  it.each([
    ['{{.kind.x}}', '1:7: executing "output" at <.kind.x>'],
    ['ä{{.list.x}}', '1:9: executing "output" at <.list.x>'],
    ['a\n {{ index .list 7 }}', '2:4: executing "output" at <index .list 7>'],
    ['{{range .kind}}{{end}}', '1:8: executing "output" at <.kind>'],
    ['{{"a" 1}}', '1:2: executing "output" at <"a">'],
    ['{{template "t" .n}}', '1:11: executing "output" at <{{template "t" .n}}>'],
    ['{{define "t"}}{{.kind.x}}{{end}}{{template "t" .}}', '1:21: executing "t" at <.kind.x>'],
    ['{{(len .kind).x}}', '1:7: executing "output" at <.kind>'],
  ])('says where %s fails', (template, place) => {
    expect(() => text(template)).toThrow(`: template: output:${place}: `)
  })

  it('prints what came before a failure, and what helps to find it', () => {
    const { stdout, stderr, exitCode } = new SimCluster({ nodes: 0 }).kubectl([
      'get',
      'ns/default',
      '-o',
      'go-template=a {{.kind}} {{.kind.x}}',
    ])
    const why =
      'template: output:1:19: executing "output" at <.kind.x>: ' +
      "can't evaluate field x in type interface {}"
    expect(stdout).toMatch(/^a Namespace Error executing template: template: output:1:19: /)
    expect(stdout).toContain('\n\traw data was:\n\t\t{"apiVersion":"v1","kind":"Namespace",')
    expect(stdout).toContain(
      '\n\tobject given to template engine was:\n\t\tmap[apiVersion:v1 kind:Namespace ',
    )
    expect([stderr, exitCode]).toEqual([
      `error: error executing template "a {{.kind}} {{.kind.x}}": ${why}\n`,
      1,
    ])
  })

  it('may mind keys that are not there', () => {
    expect(() => text('{{.nope}}', false)).toThrow('map has no entry for key "nope"')
  })
})
