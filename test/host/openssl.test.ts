import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { hostOf } from 'simcluster/host'
import { hasOpenssl } from '../pki/support.js'

const folder = mkdtempSync(join(tmpdir(), 'simcluster-openssl-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Newer programs write `CN=x` where 3.0 has `CN = x`. */
const normal = (text: string): string => text.replaceAll(/\b(CN|O|OU|C|L|ST|emailAddress) = /g, '$1=')

function real(words: readonly string[]): string {
  return normal(
    execFileSync('openssl', words, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
  )
}

const LOOKS: readonly string[] = [
  '-text',
  '-subject',
  '-issuer',
  '-serial',
  '-dates',
  '-startdate',
  '-enddate',
  '-modulus',
  '-fingerprint -sha256',
  '-subject -issuer -dates',
]

describe.skipIf(!hasOpenssl)('the openssl of a host prints what the real one prints', () => {
  const cluster = new SimCluster({ nodes: 1 })
  const host = hostOf(cluster, 'master')
  const own = async (words: string): Promise<string> => normal((await host.sh(`openssl ${words}`)).stdout)

  test('each certificate of the control plane, looked at in each way', async () => {
    for (const path of cluster.pki.paths().filter((each) => each.endsWith('.crt'))) {
      writeFileSync(join(folder, 'one.crt'), cluster.pki.read(path))
      for (const look of LOOKS)
        expect(await own(`x509 -in ${path} -noout ${look}`), `${path} ${look}`).toBe(
          real(['x509', '-in', 'one.crt', '-noout', ...look.split(' ')]),
        )
    }
  })

  test('keys and requests, with the subject as it was typed', async () => {
    const subject = '/C=KR/O=boanproject/O=second/OU=team a/CN=gasbugs'
    await host.sh(`openssl genrsa -out k.pem 2048; openssl req -new -key k.pem -subj "${subject}" -out r.csr
openssl x509 -req -in r.csr -CA /etc/kubernetes/pki/ca.crt -CAkey /etc/kubernetes/pki/ca.key -CAcreateserial -days 5 -out c.crt`)
    for (const name of ['k.pem', 'r.csr', 'c.crt'])
      writeFileSync(join(folder, name), host.read(`/root/${name}`) ?? '')
    writeFileSync(join(folder, 'ca.crt'), cluster.pki.read('/etc/kubernetes/pki/ca.crt'))
    expect(await own('rsa -in k.pem -noout -modulus')).toBe(
      real(['rsa', '-in', 'k.pem', '-noout', '-modulus']),
    )
    expect(await own('rsa -in k.pem -noout -check')).toBe(real(['rsa', '-in', 'k.pem', '-noout', '-check']))
    expect(await own('rsa -in k.pem -pubout')).toBe(real(['rsa', '-in', 'k.pem', '-pubout']))
    for (const look of ['-text', '-subject', '-pubkey', '-modulus', '-subject -modulus -text -pubkey'])
      expect(await own(`req -in r.csr -noout ${look}`), look).toBe(
        real(['req', '-in', 'r.csr', '-noout', ...look.split(' ')]),
      )
    expect(await own('req -in r.csr -pubkey')).toBe(real(['req', '-in', 'r.csr', '-pubkey']))
    expect(await own('x509 -in c.crt -noout -pubkey')).toBe(
      real(['x509', '-in', 'c.crt', '-noout', '-pubkey']),
    )
    expect(await own('x509 -in c.crt -noout -subject')).toBe(
      'subject=C=KR, O=boanproject, O=second, OU=team a, CN=gasbugs\n',
    )
    for (const look of LOOKS)
      expect(await own(`x509 -in c.crt -noout ${look}`), look).toBe(
        real(['x509', '-in', 'c.crt', '-noout', ...look.split(' ')]),
      )
    const at = String(Math.floor(cluster.now() / 1000))
    expect(await own('verify -CAfile /etc/kubernetes/pki/ca.crt c.crt')).toBe(
      real(['verify', '-attime', at, '-CAfile', 'ca.crt', 'c.crt']),
    )
    // the real one makes the same request of the same key
    execFileSync('openssl', ['req', '-new', '-key', 'k.pem', '-subj', subject, '-out', 'theirs.csr'], {
      cwd: folder,
    })
    host.write(
      '/root/theirs.csr',
      execFileSync('openssl', ['req', '-in', 'theirs.csr'], { cwd: folder, encoding: 'utf8' }),
    )
    expect(await own('req -in theirs.csr -noout -text')).toBe(
      real(['req', '-in', 'theirs.csr', '-noout', '-text']),
    )
  })
})

test('openssl prints parts in the order of its options, extensions and digests', async () => {
  const host = hostOf(new SimCluster({ nodes: 1, like: 'kubeadm' }).settle(), 'master')
  const pki = '/etc/kubernetes/pki'
  const stdout = async (line: string): Promise<string> => (await host.sh(line)).stdout
  expect(await stdout(`openssl x509 -in ${pki}/ca.crt -noout -enddate -subject`)).toMatch(
    /^notAfter=.*\nsubject=CN = kubernetes\n$/,
  )
  expect(await stdout(`openssl x509 -in ${pki}/apiserver.crt -noout -ext subjectAltName`)).toMatch(
    /^X509v3 Subject Alternative Name: \n {4}DNS:control-plane, .*IP Address:10\.96\.0\.1\n$/,
  )
  const hash = await stdout(
    `openssl x509 -pubkey -in ${pki}/ca.crt | openssl rsa -pubin -outform der 2>/dev/null | ` +
      "openssl dgst -sha256 -hex | sed 's/^.* //'",
  )
  expect(await stdout('kubeadm token create --print-join-command')).toContain(`sha256:${hash.trim()} `)
  expect((await host.sh(`openssl x509 -nosuch -in ${pki}/ca.crt`)).stderr).toContain('digest: nosuch\n')
})

test('clients of etcd see its certificate, and need one of their own', async () => {
  const host = hostOf(new SimCluster({ nodes: 1, like: 'kubeadm' }).settle(), 'master')
  const pki = '/etc/kubernetes/pki/etcd'
  const curl = `curl --cacert ${pki}/ca.crt`
  const client = `--cert ${pki}/server.crt --key ${pki}/server.key`
  expect((await host.sh('openssl s_client -connect 127.0.0.1:2379 </dev/null')).stdout).toContain(
    'issuer=CN = etcd-ca\n',
  )
  expect((await host.sh(`${curl} ${client} https://127.0.0.1:2379/health`)).stdout).toBe(
    '{"health":"true","reason":""}',
  )
  expect((await host.sh(`${curl} https://127.0.0.1:2379/health`)).stderr).toContain(
    'alert certificate required',
  )
  expect((await host.sh(`curl ${client} https://127.0.0.1:2379/health`)).exitCode).toBe(60)
  expect((await host.sh('openssl s_client -connect 127.0.0.1:10248 </dev/null')).stderr).toContain(
    'wrong version',
  )
  expect((await host.sh('openssl s_client -connect 127.0.0.1:10250 </dev/null')).stderr).toContain(
    'not simulated',
  )
  expect((await host.sh('openssl s_client -connect 127.0.0.1:81 </dev/null')).stderr).toBe(
    'connect:errno=111\n',
  )
})
