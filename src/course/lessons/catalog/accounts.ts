import type { SimCluster } from '../../../cluster/sim-cluster.js'
import { parseCertificates } from '../../../pki/index.js'
import { goal, runs, nodesAreReady, apiserverResponds, runsAsBefore } from '../goals.js'
import { mayOnly } from '../rights.js'
import { keepsTheRest } from '../kept.js'
import { lesson, type LessonSource, type Promised } from '../lesson.js'
import { lines, MANIFESTS, pattern } from '../shared.js'

const CA = '-CA /etc/kubernetes/pki/ca.crt -CAkey /etc/kubernetes/pki/ca.key -CAcreateserial'

/** A certificate request of a user as an object, from a key that is made for it. */
const request = (name: string, subject: string): string => `
openssl genrsa -out ${name}.key 2048; openssl req -new -key ${name}.key -out ${name}.csr -subj "${subject}"
cat <<EOF | kubectl create -f -
apiVersion: certificates.k8s.io/v1
kind: CertificateSigningRequest
metadata: { name: ${name} }
spec:
  signerName: kubernetes.io/kube-apiserver-client
  request: $(base64 -w0 ${name}.csr)
  usages: [client auth]
EOF
rm ${name}.key ${name}.csr
`

/** Whom certificates of requests were issued to, as `name/group`. */
const issuedTo = (cluster: SimCluster): readonly string[] =>
  cluster.state.peek('certificatesigningrequests').flatMap(({ status }) =>
    status?.certificate === undefined
      ? []
      : parseCertificates(atob(status.certificate))
          .slice(0, 1)
          .map(({ subject }) => `${subject.commonName}/${(subject.organizations ?? []).join()}`),
  )

const onlyFor = (name: string, team: string): Promised => ({
  text: {
    en: `No certificate was issued for anybody but ${name}.`,
    ko: `${name} 말고는 누구에게도 인증서가 발급되지 않았습니다.`,
  },
  holds: (cluster) => issuedTo(cluster).every((subject) => subject === `${name}/${team}`),
})

/** Chapter 4: accounts, TLS and certificates. */
export const accountsLessons: readonly LessonSource[] = [
  lesson('expired-user', 'medium', 6, (draw) => {
    const ann = draw.one('ann', 'ian', 'ken')
    const team = draw.one('dev', 'qa', 'ops')
    return {
      exams: ['cka'],
      texts: {
        ko: {
          title: `${ann}이 더 이상 들어오지 못합니다`,
          symptom:
            `${ann}은 지난주까지 잘 일했는데 이제 kubectl --context=${ann} get pods가 거절당합니다. 키와 요청(${ann}.key, ` +
            `${ann}.csr)은 /root에 ` +
            '있습니다.',
          hints: [
            '403(Forbidden)인가요, 401(Unauthorized)인가요? 권한이 아니라 신원의 문제입니다.',
            `openssl x509 -noout -dates -in ${ann}.crt`,
            '같은 요청에 다시 서명하면 됩니다. 4장의 openssl x509 -req를 떠올려 보세요.',
          ],
          explanation:
            '인증서의 유효 기간이 하루였습니다. 지나면 apiserver는 그 사람을 모르는 사람으로 대합니다. 키와 요청이 있으므로 CA가 다시 ' +
            '서명하면 되고, 롤과 바인딩은 그대로입니다.',
        },
        en: {
          title: `${ann} cannot get in any more`,
          symptom:
            `${ann} worked fine until last week; now kubectl --context=${ann} get pods is refused. Her key ` +
            `and request (${ann}.key, ${ann}.csr) ` +
            'are in /root.',
          hints: [
            'Is it 403 (Forbidden) or 401 (Unauthorized)? It is about who she is, not what she may do.',
            `openssl x509 -noout -dates -in ${ann}.crt`,
            'Sign the same request again: openssl x509 -req, as in chapter 4.',
          ],
          explanation:
            'The certificate was valid for one day. Afterwards the apiserver treats its holder as ' +
            'unknown. Key and request exist, so ' +
            'the CA only has to sign again; role and binding are unchanged.',
        },
      },
      start: async ({ cluster, master }) => {
        await master.sh(`openssl genrsa -out ${ann}.key 2048
openssl req -new -key ${ann}.key -out ${ann}.csr -subj "/CN=${ann}/O=${team}"
openssl x509 -req -in ${ann}.csr ${CA} -out ${ann}.crt -days 1
kubectl create rolebinding ${ann} --clusterrole=view --user=${ann}
kubectl config set-credentials ${ann} --client-certificate=/root/${ann}.crt --client-key=/root/${ann}.key
kubectl config set-context ${ann} --cluster=kubernetes --namespace=default --user=${ann}`)
        cluster.advance('25h')
      },
      shows: { run: `kubectl --context=${ann} get pods`, prints: /Unauthorized/ },
      goals: [
        runs(
          `${ann} lists pods by her own context, and the apiserver knows her as ${ann} of ${team}.`,
          `${ann}이 자기 컨텍스트로 포드를 볼 수 있고, apiserver는 그를 ${team}의 ${ann}으로 압니다.`,
          `kubectl --context=${ann} get pods && kubectl --context=${ann} auth whoami ` +
            '-o jsonpath="{.status.userInfo.username} {.status.userInfo.groups}"',
          pattern`${ann} \["${team}","system:authenticated"\]`,
        ),
        runs(
          `${ann}.crt is signed for the request in ${ann}.csr, and is valid.`,
          `${ann}.crt는 ${ann}.csr의 요청에 서명한 것이고 유효합니다.`,
          `[ "$(openssl x509 -noout -pubkey -in ${ann}.crt)" = "$(openssl req -noout -pubkey -in ` +
            `${ann}.csr)" ] && ` +
            `openssl x509 -noout -checkend 3600 -in ${ann}.crt`,
        ),
        ...mayOnly(ann, [
          { verb: 'list', resource: 'pods', namespace: 'default' },
          { verb: 'get', resource: 'pods', namespace: 'default' },
          { verb: 'watch', resource: 'pods', namespace: 'default' },
        ]),
        keepsTheRest(),
      ],
      solution: `openssl x509 -req -in ${ann}.csr ${CA} -out ${ann}.crt -days 365`,
      wrongRepairs: [
        `kubectl config set-context ${ann} --user=kubernetes-admin`,
        `kubectl create clusterrolebinding ${ann} --clusterrole=cluster-admin --user=${ann}`,
        lines(
          `cp /etc/kubernetes/pki/apiserver-kubelet-client.crt ${ann}.crt`,
          `cp /etc/kubernetes/pki/apiserver-kubelet-client.key ${ann}.key`,
        ),
        lines(
          `openssl req -new -key ${ann}.key -out ${ann}.csr -subj '/CN=${ann}/O=system:masters'`,
          `openssl x509 -req -in ${ann}.csr ${CA} -out ${ann}.crt -days 365`,
        ),
        'kubectl create clusterrolebinding all --clusterrole=view --group=system:unauthenticated',
        lines(
          `openssl x509 -req -in ${ann}.csr ${CA} -out ${ann}.crt -days 365`,
          `kubectl create clusterrolebinding ${ann} --clusterrole=cluster-admin --user=${ann}`,
        ),
      ],
    }
  }),
  lesson('waiting-request', 'medium', 5, (draw) => {
    const john = draw.one('john', 'martin', 'brian')
    const team = draw.one('dev1', 'dev2', 'ops')
    const [bad = '', good = ''] = draw.inOrder('request-a', 'request-b')
    return {
      exams: ['cka', 'cks'],
      texts: {
        ko: {
          title: '두 개의 요청',
          symptom:
            `${john}(팀 ${team})이 인증서를 기다리고 있습니다. kubectl get csr에는 요청이 둘 있는데 하나는 누가 냈는지 아무도 모릅니다. ` +
            `${john}의 것만 내주세요.`,
          hints: [
            '객체의 이름은 아무렇게나 지을 수 있습니다. 중요한 것은 요청 안의 이름입니다.',
            `kubectl get csr ${bad} -o jsonpath='{.spec.request}' | base64 -d | openssl req -noout -subject`,
            `CN=${john}인 요청은 승인하고, 다른 하나는 거절하세요.`,
          ],
          explanation:
            '승인한 인증서의 주인은 요청 안의 CN이 됩니다. 다른 요청은 kubernetes-admin이라는 이름을 달라고 했습니다. 읽지 않고 승인하는 ' +
            '것은 남에게 그 이름을 내주는 것과 같습니다.',
        },
        en: {
          title: 'Two requests',
          symptom:
            `${john} (team ${team}) is waiting for his certificate. kubectl get csr lists two requests, ` +
            `one ` +
            'of which nobody knows about. ' +
            `Let ${john} have his, and only his.`,
          hints: [
            'The name of the object can be anything; what counts is the name inside the request.',
            `kubectl get csr ${bad} -o jsonpath='{.spec.request}' | base64 -d | openssl req -noout -subject`,
            `Approve the one with CN=${john} and deny the other.`,
          ],
          explanation:
            'The holder of an approved certificate is the CN of the request. The other one asks for ' +
            'the name kubernetes-admin: to ' +
            'approve without reading is to give that name away.',
        },
      },
      start: ({ master }) =>
        master.sh(request(bad, '/CN=kubernetes-admin/O=ops') + request(good, `/CN=${john}/O=${team}`)),
      shows: { run: 'kubectl get csr', prints: /request-a .*Pending\nrequest-b .*Pending/ },
      goals: [
        goal(
          `A certificate is issued for ${john} of ${team}.`,
          `${team}의 ${john}에게 인증서가 발급되었습니다.`,
          ({ cluster }) => issuedTo(cluster.settle()).includes(`${john}/${team}`),
        ),
        goal(
          'No certificate is issued for anybody else.',
          '다른 누구에게도 인증서가 발급되지 않았습니다.',
          ({ cluster }) => issuedTo(cluster.settle()).filter((name) => name !== `${john}/${team}`),
        ),
        keepsTheRest(),
      ],
      promises: [onlyFor(john, team)],
      solution: `kubectl certificate approve ${good}; kubectl certificate deny ${bad}; sleep 5`,
      wrongRepairs: [
        lines(`kubectl certificate approve ${bad} ${good}`, 'sleep 5'),
        lines(`kubectl certificate approve ${bad}`, `kubectl certificate deny ${good}`, 'sleep 5'),
        lines(`kubectl certificate deny ${bad} ${good}`, 'sleep 5'),
        'kubectl delete csr --all',
        lines(
          `kubectl certificate approve ${bad}`,
          'sleep 5',
          `kubectl delete csr ${bad}`,
          `kubectl certificate approve ${good}`,
          'sleep 5',
        ),
      ],
    }
  }),
  lesson('T2-certificate', 'medium', 5, (draw) => {
    const [file, lost] = draw.one(
      ['apiserver.crt', 'api-server.crt'] as const,
      ['front-proxy-client.crt', 'front-proxy.crt'] as const,
      ['apiserver-etcd-client.crt', 'etcd-client.crt'] as const,
    )
    return {
      exams: ['cka'],
      texts: {
        ko: {
          title: 'apiserver가 돌아오지 않습니다',
          symptom: 'kubectl이 connection refused라고 합니다.',
          hints: [
            'crictl ps -a',
            'tail /var/log/kube-apiserver.log',
            `${MANIFESTS}/kube-apiserver.yaml의 경로를 ls /etc/kubernetes/pki와 비교하세요.`,
          ],
          explanation:
            '매니페스트가 존재하지 않는 인증서 파일을 가리켜 apiserver가 시작하자마자 죽었습니다. 경로를 고치면 kubelet이 다시 띄웁니다.',
        },
        en: {
          title: 'The apiserver does not come back',
          symptom: 'kubectl says: connection refused.',
          hints: [
            'crictl ps -a',
            'tail /var/log/kube-apiserver.log',
            `Compare the paths in ${MANIFESTS}/kube-apiserver.yaml with ls /etc/kubernetes/pki.`,
          ],
          explanation:
            'The manifest named a certificate file that does not exist, so the apiserver exited at ' +
            'once. The kubelet starts it when ' +
            'the path is right.',
        },
      },
      start: ({ master }) =>
        master.sh(`sed -i 's#pki/${file}#pki/${lost}#' ${MANIFESTS}/kube-apiserver.yaml`),
      shows: { run: 'kubectl get nodes', prints: /was refused/ },
      goals: [apiserverResponds, runsAsBefore('kube-apiserver'), nodesAreReady, keepsTheRest()],
      solution: `sed -i 's#pki/${lost}#pki/${file}#' ${MANIFESTS}/kube-apiserver.yaml`,
      wrongRepairs: [
        `rm ${MANIFESTS}/kube-apiserver.yaml`,
        lines(
          `sed -i '/tls-cert-file/d; /tls-private-key-file/d' ${MANIFESTS}/kube-apiserver.yaml`,
          'sleep 60',
        ),
        lines(`cp /etc/kubernetes/pki/apiserver-kubelet-client.crt /etc/kubernetes/pki/${lost}`, 'sleep 60'),
        lines(`touch /etc/kubernetes/pki/${lost}`, 'sleep 60'),
        lines(`cp /etc/kubernetes/pki/ca.crt /etc/kubernetes/pki/${lost}`, 'sleep 60'),
      ],
    }
  }),
]
