/** A file of a published data set: where it can be had, and how it is known to be whole. */
export interface PublishedFile {
  /** In the folder of data sets. */
  path: string;
  bytes: number;
  sha256: string;
  /** Addresses, tried one after the other. */
  urls: readonly string[];
}

const MNIST = ["https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"];
const FASHION = [
  "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
  "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/949006594cc2f804a93b9155849734564c3545ec/data/fashion/",
  "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
];
const raw = (repository: string, commit: string, path: string) =>
  `https://raw.githubusercontent.com/${repository}/${commit}/${path}`;

const file = (
  folder: string,
  name: string,
  bytes: number,
  sha256: string,
  bases: readonly string[],
): PublishedFile => ({
  path: `${folder}/${name}`,
  bytes,
  sha256,
  urls: bases.map((base) => base + name),
});

const single = (path: string, bytes: number, sha256: string, urls: readonly string[]): PublishedFile => ({
  path,
  bytes,
  sha256,
  urls,
});

/** Images and labels to train on, and to test with. */
export interface IdxFiles {
  images: PublishedFile;
  labels: PublishedFile;
  testImages: PublishedFile;
  testLabels: PublishedFile;
}

export const mnistFiles: IdxFiles = {
  images: file(
    "mnist",
    "train-images-idx3-ubyte.gz",
    9_912_422,
    "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
    MNIST,
  ),
  labels: file(
    "mnist",
    "train-labels-idx1-ubyte.gz",
    28_881,
    "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
    MNIST,
  ),
  testImages: file(
    "mnist",
    "t10k-images-idx3-ubyte.gz",
    1_648_877,
    "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
    MNIST,
  ),
  testLabels: file(
    "mnist",
    "t10k-labels-idx1-ubyte.gz",
    4_542,
    "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
    MNIST,
  ),
};

export const fashionMnistFiles: IdxFiles = {
  images: file(
    "fashion-mnist",
    "train-images-idx3-ubyte.gz",
    26_421_880,
    "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
    FASHION,
  ),
  labels: file(
    "fashion-mnist",
    "train-labels-idx1-ubyte.gz",
    29_515,
    "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
    FASHION,
  ),
  testImages: file(
    "fashion-mnist",
    "t10k-images-idx3-ubyte.gz",
    4_422_102,
    "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
    FASHION,
  ),
  testLabels: file(
    "fashion-mnist",
    "t10k-labels-idx1-ubyte.gz",
    5_148,
    "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    FASHION,
  ),
};

export const cifar10File: PublishedFile = single(
  "cifar-10/cifar-10-binary.tar.gz",
  170_052_171,
  "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
  [
    "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
    "https://storage.googleapis.com/s4tf-hosted-binaries/datasets/CIFAR10/cifar-10-binary.tar.gz",
  ],
);

export const titanicFile: PublishedFile = single(
  "titanic/titanic.csv",
  60_302,
  "4a437fde05fe5264e1701a7387ac6fb75393772ba38bb2c9c566405af5af4bd7",
  [
    raw("datasciencedojo/datasets", "1101b19008569fab7eec7e3b04d2b68613092607", "titanic.csv"),
    raw("datasciencedojo/datasets", "master", "titanic.csv"),
  ],
);

export const studentPerformanceFile: PublishedFile = single(
  "student-performance/Student_Performance.csv",
  175_071,
  "93793b00d9026d0b4907df0ca9f88b3696747c7496679d35833bb0fbf9fb57cf",
  [
    raw("uvthegreat/student-marks-prediction", "795c088b", "Student_Performance.csv"),
    raw("uvthegreat/student-marks-prediction", "main", "Student_Performance.csv"),
  ],
);

export const tinyshakespeareFile: PublishedFile = single(
  "tinyshakespeare/input.txt",
  1_115_394,
  "86c4e6aa9db7c042ec79f339dcb96d42b0075e16b8fc2e86bf0ca57e2dc565ed",
  [
    raw("karpathy/char-rnn", "d1d7aa34fdb3626174bce1d753e6cc6845ce7087", "data/tinyshakespeare/input.txt"),
    raw("karpathy/char-rnn", "master", "data/tinyshakespeare/input.txt"),
  ],
);
