import { describe, expect, it } from 'vitest'
import { kubectlWatch } from '../../src/kubectl/call/watch.js'
import { addNode, addPod, machine } from './machine.js'

function withPods(): ReturnType<typeof machine> {
  const made = machine()
  addNode(made.client, 'node1')
  for (const name of ['b10', 'a', 'b9']) addPod(made.client, name, { labels: { app: name } })
  return made
}

describe('kubectl get', () => {
  const { kubectl } = withPods()

  it('prints several kinds one below the other, with the kind in the name', () => {
    expect(kubectl('get po/a nodes/node1 --no-headers').stdout).toBe(
      'pod/a   1/1   Running   0     0s\nnode/node1   Ready   <none>   0s    v1.35.2\n',
    )
  })

  it('sorts by a field, with numbers inside names in their order', () => {
    expect(kubectl('get pods --sort-by=.metadata.name -o name').stdout).toBe('pod/a\npod/b9\npod/b10\n')
    expect(kubectl('get pods --sort-by=.nope').stderr).toBe('No resources found in default namespace.\n')
    expect(kubectl('get pods --sort-by=.nope -o name').stderr).toBe(
      'error: couldn\'t find any field with path "{.nope}" in the list of objects\n',
    )
  })

  it.each([
    ["{range .items[*]}{.metadata.name}{' '}{end}", 'a b10 b9 '],
    ['{.items[0].metadata.labels.app}', 'a'],
    ['{.items[-1:].metadata.name}', 'b9'],
    ["{.items[?(@.metadata.name=='b9')].spec.nodeName}", 'node1'],
    ["{.items[0]['apiVersion', 'kind']}", 'v1 Pod'],
    ['{..image}', 'nginx:1.27 nginx:1.27 nginx:1.27 nginx:1.27 nginx:1.27 nginx:1.27'],
    ['n={.items[0].spec.containers[*].name}', 'n=main'],
    ['{.items[0].metadata.labels}', '{"app":"a"}'],
    ['{.nope}', ''],
  ])('jsonpath=%s', (template, text) => {
    expect(kubectl(['get', 'pods', '-o', `jsonpath=${template}`]).stdout).toBe(text)
  })

  it('says that a template is wrong', () => {
    expect(kubectl(['get', 'pods', '-o', 'jsonpath={.items[9].kind}']).stderr).toMatch(
      /^error: error executing jsonpath "\{\.items\[9\]\.kind\}": Error executing template: array index out of bounds: index 9, length 3\. Printing more/,
    )
    expect(kubectl(['get', 'pods', '-o', 'jsonpath={end}']).stderr).toMatch(
      /^error: error executing jsonpath "\{end\}": Error executing template: not in range, nothing to end\. /,
    )
    expect(kubectl(['get', 'pods', '-o', 'jsonpath={.a']).stderr).toBe(
      'error: error parsing jsonpath {.a, unclosed action\n',
    )
  })

  it('is watched as an async iterator that keeps its columns', async () => {
    const { client, env } = withPods()
    const texts: string[] = []
    for await (const text of kubectlWatch(env, 'get pods -w')) {
      texts.push(text)
      if (texts.length === 1) addPod(client, 'a-long-name', { phase: 'Pending' })
      if (texts.length === 2)
        client.delete('pods', { name: 'a', namespace: 'default' }, { gracePeriodSeconds: 0 })
      if (texts.length === 3) break
    }
    expect(texts[0]).toMatch(/^NAME {3}READY {3}STATUS {4}RESTARTS {3}AGE\na {6}1\/1/)
    expect(texts[1]?.split('\n')[0]).toMatch(/^a-long-name {3}0\/1 {5}Pending {3}0/)
    expect(texts[2]).toMatch(/^a {13}1\/1 {5}Terminating/)
  })

  it('does not watch for ever in a synchronous call', () => {
    expect(kubectl('get pods -w').stderr).toContain('kubectlWatch()')
    expect(kubectl('get pods -w --request-timeout 2s').exitCode).toBe(0)
    expect(kubectl('get pods -w --request-timeout 2').exitCode).toBe(0)
  })

  it.each(['1d', '-5', '2x'])('refuses --request-timeout=%s', (text) => {
    expect(kubectl(`get pods --request-timeout=${text}`).stderr).toBe(
      'error: Invalid timeout value. Timeout must be a single integer in seconds, or an integer ' +
        'followed by a corresponding time unit (e.g. 1s | 2m | 3h)\n',
    )
  })

  it('refuses what it does not have, plainly', () => {
    expect(kubectl('alpha').stderr).toBe('error: kubectl alpha is not part of simcluster yet\n')
    expect(kubectl('get pods --as jane').stderr).toBe(
      'error: another identity cannot be used: this kubectl was made for one only\n',
    )
    expect(kubectl('get pods | grep x').exitCode).toBe(1)
  })
})
