import "../style/files.css";

interface FileFieldProps {
  label: string;
  /** Endings of names and types, as an input takes them. */
  accept: string;
  take: (files: readonly File[]) => void;
}

/** A field to choose files with; the same ones can be chosen again. */
export const FileField = ({ label, accept, take }: FileFieldProps) => (
  <label class="file">
    <input
      type="file"
      multiple
      accept={accept}
      onChange={({ currentTarget }) => {
        take([...(currentTarget.files ?? [])]);
        currentTarget.value = "";
      }}
    />
    <span>{label}</span>
  </label>
);
