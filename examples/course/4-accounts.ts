import { SimCluster } from 'simcluster'
import type { Chapter } from './terminal.js'
import { file } from './terminal.js'

const APISERVER = '/etc/kubernetes/manifests/kube-apiserver.yaml'
const rbac = (isOld: boolean): string => `rbac.authorization.k8s.io/${isOld ? 'v1beta1' : 'v1'}`

/** The Role and its binding that let a user work in a namespace. */
export const deploymentManager = (isOld: boolean, namespace: string, user: string): string =>
  file(
    `${user}-role.yaml`,
    `kind: Role
apiVersion: ${rbac(isOld)}
metadata: { namespace: ${namespace}, name: deployment-manager }
rules:
- apiGroups: ["", "extensions", "apps"]
  resources: ["deployments", "replicasets", "pods"]
  verbs: ["get", "list", "watch", "create", "update", "patch", "delete"]
---
kind: RoleBinding
apiVersion: ${rbac(isOld)}
metadata: { name: deployment-manager-binding, namespace: ${namespace} }
subjects: [{ kind: User, name: ${user}, apiGroup: "" }]
roleRef: { kind: Role, name: deployment-manager, apiGroup: "" }`,
  )

const request = (isOld: boolean, user: string): string => `cat > ${user}-csr.yaml <<EOF
apiVersion: certificates.k8s.io/${isOld ? 'v1beta1' : 'v1'}
kind: CertificateSigningRequest
metadata: { name: ${user} }
spec:
  request: $(base64 -w0 ${user}.csr)
  usages: ["digital signature", "key encipherment", "client auth"]
${isOld ? '' : '  signerName: kubernetes.io/kube-apiserver-client\n'}EOF`

export const accounts: Chapter = {
  number: 4,
  title: 'Accounts, TLS and certificates',
  begin: (version, options) => new SimCluster({ ...options, version, nodes: 2 }),
  rows: [
    {
      id: 'A1',
      title: 'only TLS, and hardly anything for nobody',
      play: async (t) => {
        await t.type('curl http://10.0.0.10:6443/api/v1/pods')
        await t.type('curl https://10.0.0.10:6443/api/v1/pods')
        await t.type('curl -k https://10.0.0.10:6443/api/v1/pods')
        await t.type('curl -s --cacert /etc/kubernetes/pki/ca.crt https://10.0.0.10:6443/healthz; echo')
        t.say("a certificate of one's own making")
        await t.type(
          'openssl genrsa -out me.key 2048; openssl req -x509 -new -key me.key -subj ' +
            '"/O=system:masters/CN=me" -days 1 -out me.crt',
        )
        await t.type('curl -sk --cert me.crt --key me.key https://10.0.0.10:6443/api/v1/pods')
      },
    },
    {
      id: 'A2',
      title: 'who may come in',
      play: async (t) => {
        await t.type(
          file(
            '/etc/kubernetes/pki/token.csv',
            'password1,user1,uid001,"group1,system:masters"\npassword2,user2,uid002',
          ),
        )
        await t.type(
          'grep -E -- ' +
            `'--(client-ca-file|enable-bootstrap-token-auth|service-account-key-file|token-auth-file)' ` +
            `${APISERVER}`,
        )
        await t.type('kubeadm token create; kubeadm token list')
        await t.type(
          'curl -sk https://10.0.0.10:6443/api/v1/nodes --header "Authorization: Bearer $(kubeadm ' +
            'token create)" | grep message',
        )
      },
    },
    {
      id: 'A3',
      title: 'what they may do: authorization modes',
      play: async (t) => void (await t.type(`grep authorization-mode ${APISERVER}`)),
    },
    {
      id: 'A4',
      title: 'a token file counts after a restart of the apiserver',
      play: async (t) => {
        await t.type(
          'curl -sk -o /dev/null -w "%{http_code}\\n" https://10.0.0.10:6443/api/v1/pods --header ' +
            '"Authorization: Bearer password1"',
        )
        await t.type(
          `sed -i 's#- kube-apiserver$#- kube-apiserver\\n    - ` +
            `--token-auth-file=/etc/kubernetes/pki/token.csv#' ${APISERVER}`,
        )
        await t.type('echo \'password3,user3,uid003,"system:masters"\' >> /etc/kubernetes/pki/token.csv')
        await t.type(
          'curl -sk -o /dev/null -w "%{http_code}\\n" https://10.0.0.10:6443/api/v1/pods --header ' +
            '"Authorization: Bearer password3"',
        )
        await t.type(`mv ${APISERVER} /root/; mv /root/kube-apiserver.yaml /etc/kubernetes/manifests/`)
        await t.type(
          'curl -sk -o /dev/null -w "%{http_code}\\n" https://10.0.0.10:6443/api/v1/pods --header ' +
            '"Authorization: Bearer password3"',
        )
      },
    },
    {
      id: 'A5',
      title: 'a token in the header',
      play: async (t) => {
        await t.type(
          'curl -v -k https://10.0.0.10:6443/api/v1/pods --header "Authorization: Bearer password1"',
        )
        await t.type('curl -k https://10.0.0.10:6443/api/v1/pods --header "Authorization: Bearer wrong"')
      },
    },
    {
      id: 'A6',
      title: 'service accounts',
      play: async (t) => {
        await t.type('kubectl get sa default -o yaml')
        await t.type('kubectl create serviceaccount sa1')
        await t.type('kubectl run plain --image=busybox --restart=Never --command -- sleep 1d')
        t.cluster.settle()
        await t.type(
          'kubectl get pod plain -o jsonpath=\'{.spec.serviceAccountName}{"\\n"}\'; kubectl exec ' +
            'plain -- ls /var/run/secrets/kubernetes.io/serviceaccount',
        )
      },
    },
    {
      id: 'A7',
      title: 'the files',
      play: async (t) => {
        await t.type('ls /etc/kubernetes/pki /etc/kubernetes/pki/etcd /etc/kubernetes/manifests')
        await t.type("ssh node-1 'ls /var/lib/kubelet /var/lib/kubelet/pki'")
      },
    },
    {
      id: 'A8',
      title: 'whose each certificate is',
      play: async (t) => {
        await t.type(
          'cd /etc/kubernetes/pki; for c in *.crt etcd/*.crt; do echo "$c: $(openssl x509 -in $c ' +
            '-noout -subject -issuer | tr "\\n" " ")"; done; cd',
        )
        await t.type(
          'openssl verify -CAfile /etc/kubernetes/pki/ca.crt /etc/kubernetes/pki/apiserver.crt ' +
            '/etc/kubernetes/pki/apiserver-kubelet-client.crt',
        )
      },
    },
    {
      id: 'A9',
      title: 'a certificate as text',
      play: async (t) =>
        void (await t.type('openssl x509 -in /etc/kubernetes/pki/apiserver.crt -noout -text')),
    },
    {
      id: 'A10',
      title: 'a certificate path is broken, and put back',
      play: async (t) => {
        await t.type(
          `cp ${APISERVER} /root/good.yaml; sed -i s#pki/apiserver.crt#pki/apiserver-lost.crt# ${APISERVER}`,
        )
        await t.type('kubectl get nodes')
        await t.type('crictl ps -a --name kube-apiserver; tail -1 /var/log/kube-apiserver.log')
        await t.type(`cp /root/good.yaml ${APISERVER}; kubectl get nodes`)
      },
    },
    {
      id: 'A11',
      title: 'a certificate for gasbugs',
      play: async (t) => {
        await t.type('openssl genrsa -out gasbugs.key 2048')
        await t.type('openssl req -new -key gasbugs.key -out gasbugs.csr -subj "/CN=gasbugs/O=boanproject"')
        await t.type(
          'openssl x509 -req -in gasbugs.csr -CA /etc/kubernetes/pki/ca.crt -CAkey ' +
            '/etc/kubernetes/pki/ca.key -CAcreateserial -out gasbugs.crt -days 500',
        )
        await t.type('openssl x509 -in gasbugs.crt -noout -subject -dates')
      },
    },
    {
      id: 'A12',
      title: 'a context for him',
      play: async (t) => {
        await t.type('kubectl create namespace office')
        await t.type(
          'kubectl config set-credentials gasbugs --client-certificate=gasbugs.crt --client-key=gasbugs.key',
        )
        await t.type(
          'kubectl config set-context gasbugs-context --cluster=kubernetes --namespace=office --user=gasbugs',
        )
        await t.type('kubectl --context=gasbugs-context get pods')
      },
    },
    {
      id: 'A13',
      title: 'a role for him',
      play: async (t) => {
        await t.type(`${deploymentManager(t.isOld, 'office', 'gasbugs')}\nkubectl apply -f gasbugs-role.yaml`)
        await t.type('kubectl --context=gasbugs-context get pods -n office')
        await t.type('kubectl --context=gasbugs-context run nginx --image=nginx -n office')
        await t.type('kubectl --context=gasbugs-context get pods -n default')
      },
    },
    {
      id: 'A14',
      title: 'certificate signing requests',
      play: async (t) => {
        for (const user of ['john', 'mallory'])
          await t.type(
            `openssl genrsa -out ${user}.key 2048; openssl req -new -key ${user}.key -out ${user}.csr ` +
              `-subj "/CN=${user}/O=Dev1"\n${request(t.isOld, user)}\nkubectl create -f ${user}-csr.yaml`,
          )
        await t.type('kubectl get csr')
        await t.type('kubectl certificate approve john')
        await t.type('kubectl certificate deny mallory')
        t.cluster.settle()
        await t.type('kubectl get csr')
        await t.type('kubectl delete csr mallory')
      },
    },
    {
      id: 'A15',
      title: 'the exercise: john joins Dev1',
      play: async (t) => {
        await t.type(
          "kubectl create namespace dev1; kubectl get csr john -o jsonpath='{.status.certificate}' | " +
            'base64 -d > john.crt; openssl x509 -in john.crt -noout -subject',
        )
        await t.type(
          'kubectl config set-credentials john --client-certificate=john.crt --client-key=john.key; ' +
            'kubectl config set-context john-context --cluster=kubernetes --namespace=dev1 --user=john',
        )
        await t.type(
          'kubectl --context=john-context get ' +
            `pods\n${deploymentManager(t.isOld, 'dev1', 'john')}\nkubectl apply -f john-role.yaml`,
        )
        await t.type(
          'kubectl --context=john-context get pods; kubectl --context=john-context get pods -n office',
        )
      },
    },
    {
      id: 'A16',
      title: 'kubeconfig files and contexts',
      play: async (t) => {
        await t.type('kubectl config view')
        await t.type(
          'cp ~/.kube/config other.conf; kubectl config use-context gasbugs-context ' +
            '--kubeconfig=other.conf; kubectl get pods -n default --kubeconfig=other.conf',
        )
        await t.type('kubectl config current-context')
      },
    },
  ],
}
