import type { EnvVar } from '../../src/api/core/generated.js'
import { SimCluster } from 'simcluster'
import { beforeAll, describe, expect, it } from 'vitest'

let original: SimCluster
beforeAll(() => {
  original = new SimCluster({ nodes: 1 })
  for (const line of [
    'create configmap settings --from-literal=log-level=debug',
    'create secret generic creds --from-literal=user=ünï',
    'create deployment web --image=nginx',
    'set env deploy/web A=1 --from=secret/creds',
    'expose deploy web --port=80',
  ])
    expect(original.kubectl(line).exitCode).toBe(0)
  original.settle()
})
const run = (line: string): ReturnType<SimCluster['kubectl']> => original.fork().kubectl(line)
const envAfter = (line: string): readonly EnvVar[] | undefined => {
  const cluster = original.fork()
  cluster.kubectl(line)
  return cluster.get('deployments', 'web').spec.template.spec.containers[0]?.env
}

describe('set env', () => {
  it('lists the variables as they would be, and what they refer to', () => {
    expect(run('set env deploy/web --list A=2').stdout).toContain('A=2\n# USER from secret creds, key user\n')
    expect(run('set env deploy/web --list --resolve').stdout).toContain('USER=ünï\n')
  })
  it('says once why several references cannot be resolved, and lists the others', () => {
    const cluster = original.fork()
    cluster.kubectl('delete secret creds')
    cluster.kubectl('set env deploy/web B=2')
    expect(cluster.kubectl('set env deploy/web --list --resolve')).toMatchObject({
      stdout: '# Deployment web, container nginx\nA=1\n# USER from secret creds, key user\nB=2\n',
      stderr: 'error retrieving reference for USER: secrets "creds" not found\n',
      exitCode: 0,
    })
  })
  it('puts the prefix before every name, also before those of the command line', () =>
    expect(envAfter('set env deploy/web --from=cm/settings --prefix=X_ B=2')?.slice(2)).toEqual([
      { name: 'X_B', value: '2' },
      { name: 'X_LOG_LEVEL', valueFrom: { configMapKeyRef: { name: 'settings', key: 'log-level' } } },
    ]))
  it('overwrites with --overwrite=false what has the same value', () => {
    expect(run('set env deploy/web A=1 B=2 --overwrite=false').exitCode).toBe(0)
    expect(run('set env deploy/web A=2 --overwrite=false').stderr).toBe(
      "error: deployments/web 'A' already has a value (1), and --overwrite is false\n",
    )
  })
})

describe('set', () => {
  it('changes nothing if one of several objects cannot be read', () => {
    expect(envAfter('set env deploy/web deploy/nope B=2')).toHaveLength(2)
    expect(run('set image deploy/web deploy/nope nginx=httpd').stdout).toBe('')
  })
  it('changes the selectors of the Services that there are, and then reports the others', () =>
    expect(run('set selector svc/web svc/nope a=b')).toMatchObject({
      stdout: 'service/web selector updated\n',
      stderr: 'Error from server (NotFound): services "nope" not found\n',
    }))
  it('reads the objects before it looks at the subjects', () => {
    expect(run('set subject rolebinding/nope --serviceaccount=x').stderr).toContain('"nope" not found')
    expect(run('set subject clusterrolebinding/cluster-admin --serviceaccount=x').stderr).toBe(
      'error: serviceaccount must be <namespace>:<name>\n',
    )
  })
  it('takes a selector apart as the server does', () =>
    expect(run('set selector svc/web a!=b').stderr).toBe(
      'error: "!=" is not a valid label selector operator\n',
    ))
  it('prints JSON with the fields in the order of their Go types', () =>
    expect(run('set image deploy/web nginx=httpd -o json').stdout).toMatch(
      /^\{\n {4}"kind": "Deployment",\n {4}"apiVersion": "apps\/v1",\n {4}"metadata": \{\n {8}"name": "web"/,
    ))
})
