{{/* 名前と、どのポッドにも共通の部分。 */}}
{{- define "todoke.name" -}}
{{- printf "%s" .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "todoke.labels" -}}
app.kubernetes.io/name: todoke
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "todoke.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}

{{- define "todoke.env" -}}
- {name: TODOKE_VAR, value: /var/lib/todoke}
- {name: TODOKE_SEAL_COPY_DIR, value: /var/lib/todoke-seals}
- {name: TODOKE_ALLOWED_HOSTS, value: {{ .Values.host | quote }}}
- {name: TODOKE_SECURE_COOKIES, value: "true"}
- {name: TODOKE_BEHIND_TLS_PROXY, value: "true"}
- {name: TODOKE_LOG_FORMAT, value: json}
- name: TODOKE_DATABASE_URL
  valueFrom: {secretKeyRef: {name: {{ .Values.secrets.database }}, key: app-url}}
{{- range $name, $value := .Values.settings }}
- {name: {{ $name }}, value: {{ $value | quote }}}
{{- end }}
{{- if .Values.secrets.trust }}
- {name: TODOKE_TRUST_DIR, value: /etc/todoke/trust}
{{- end }}
{{- end -}}

{{- define "todoke.originals" -}}
{{- if .Values.secrets.storage }}
- {name: TODOKE_S3_CREDENTIALS_FILE, value: /etc/todoke/storage/credentials.yaml}
{{- end }}
{{- end -}}

{{- define "todoke.container" -}}
image: {{ include "todoke.image" . | trim }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end -}}

{{- define "todoke.pod" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.image.pullSecrets }}
imagePullSecrets: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "todoke.volumes" -}}
- {name: tmp, emptyDir: {sizeLimit: 1Gi}}
- name: data
  persistentVolumeClaim: {claimName: {{ .Values.persistence.data.existingClaim | default (printf "%s-data" (include "todoke.name" .)) }}}
{{- if .Values.secrets.storage }}
- {name: storage, secret: {secretName: {{ .Values.secrets.storage }}, defaultMode: 0440}}
{{- end }}
{{- if .Values.secrets.trust }}
- {name: trust, secret: {secretName: {{ .Values.secrets.trust }}, defaultMode: 0440}}
{{- end }}
{{- end -}}

{{- define "todoke.seals" -}}
- name: seals
  persistentVolumeClaim: {claimName: {{ .Values.persistence.seals.existingClaim | default (printf "%s-seals" (include "todoke.name" .)) }}}
{{- end -}}

{{- define "todoke.mounts" -}}
- {name: tmp, mountPath: /tmp}
- {name: data, mountPath: /var/lib/todoke}
{{- if .Values.secrets.storage }}
- {name: storage, mountPath: /etc/todoke/storage, readOnly: true}
{{- end }}
{{- if .Values.secrets.trust }}
- {name: trust, mountPath: /etc/todoke/trust, readOnly: true}
{{- end }}
{{- end -}}

{{/* 控えの三つの仕事は、同じものを見る。 */}}
{{- define "todoke.backup" -}}
{{- $ := .root -}}
{{ include "todoke.container" $ }}
args: [{{ join ", " .args }}]
env:
  {{- include "todoke.env" $ | nindent 2 }}
  {{- include "todoke.originals" $ | nindent 2 }}
  - {name: TODOKE_SEAL_KEY_FILE, value: /etc/todoke/seal/seal.key}
  - {name: TODOKE_BACKUP_DIR, value: /mnt/backup}
  - {name: TODOKE_BACKUP_KEYS_DIR, value: /mnt/keys}
  - {name: TODOKE_BACKUP_RECIPIENTS_FILE, value: /etc/todoke/recipients/sets.pub}
  - {name: TODOKE_BACKUP_KEYS_RECIPIENTS_FILE, value: /etc/todoke/recipients/keys.pub}
resources: {{ toYaml $.Values.backup.resources | nindent 2 }}
volumeMounts:
  {{- include "todoke.mounts" $ | nindent 2 }}
  - {name: seals, mountPath: /var/lib/todoke-seals, readOnly: true}
  - {name: seal-key, mountPath: /etc/todoke/seal, readOnly: true}
  - {name: recipients, mountPath: /etc/todoke/recipients, readOnly: true}
  - {name: sets, mountPath: /mnt/backup}
  - {name: keys, mountPath: /mnt/keys}
{{- end -}}
