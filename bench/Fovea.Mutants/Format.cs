using Fovea.Data;
using Fovea.Graphs;
using Fovea.Imaging;
using Fovea.Interop;
using Fovea.Models;

namespace Fovea.Mutants;

/// <summary>A format: files without a fault, and its reader.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Extension">Of the files that are read.</param>
/// <param name="Seeds">Files without a fault.</param>
/// <param name="Read">Reads a file.</param>
internal sealed record Format(string Name, string Extension, IReadOnlyList<byte[]> Seeds, Action<string> Read)
{
    private const int MostSharedBytes = 1500;

    /// <summary>Makes the checksums of a damaged file right again; does nothing for formats without.</summary>
    public Action<byte[]> Mend { get; private init; } = _ => { };

    /// <summary>All formats, with the files of tests/golden.</summary>
    /// <param name="golden">That folder.</param>
    /// <param name="temporary">A folder for files that are made here.</param>
    public static IReadOnlyList<Format> All(string golden, string temporary)
    {
        string checkpoints = Path.Combine(golden, "checkpoints"),
            arrays = Path.Combine(golden, "arrays");
        Module net = ModelRegistry.Create("small_cnn(width=0.125)", [1, 8, 8], 4).Initialize(1);
        string safetensors = Path.Combine(temporary, "seed.safetensors"),
            onnx = Path.Combine(temporary, "seed.onnx");
        net.Save(safetensors);
        OnnxExport.Save(Graph.Trace(net.Eval(), [1, 8, 8]), onnx, new OnnxExportOptions());
        byte[] cifar = [.. Enumerable.Range(0, 3).SelectMany(r => (byte[])[(byte)r, .. new byte[3072]])];
        return
        [
            new(
                "pth zip",
                ".pth",
                Some(
                    checkpoints,
                    "*_zip.pth",
                    "small.pth",
                    "inside.pth",
                    "zip64.pth",
                    "descriptors.pth",
                    "script_data.pt"
                ),
                ReadCheckpoint
            )
            {
                Mend = Checksums.OfZip,
            },
            new("pth stream", ".pth", Some(checkpoints, "*_stream.pth"), ReadCheckpoint),
            new("pth tar", ".pth", Some(checkpoints, "tar.pth"), ReadCheckpoint),
            new("npy", ".npy", Some(arrays, "order_*.npy", "type_*.npy", "version_*.npy"), p => NumpyArrays.Read(p)),
            new("npz", ".npz", Some(arrays, "stored.npz", "deflated.npz"), p => NumpyArrays.Read(p))
            {
                Mend = Checksums.OfZip,
            },
            new(
                "npz as data",
                ".npz",
                Some(arrays, "keras.npz", "medmnist.npz", "together.npz", "series.npz"),
                OpenData
            )
            {
                Mend = Checksums.OfZip,
            },
            new("safetensors", ".safetensors", [File.ReadAllBytes(safetensors)], p => Safetensors.Read(p)),
            new(
                "onnx",
                ".onnx",
                [File.ReadAllBytes(onnx), .. Shared(golden, "onnx-node", "model.onnx")],
                p => OnnxNetwork.Load(p)
            ),
            new("cifar", "", [cifar], p => OpenCifar(p, cifar)),
            new("png", ".png", [Picture(temporary, ".png"), .. Shared(golden, "images/pngsuite", "*.png")], ReadPicture)
            {
                Mend = Checksums.OfPng,
            },
            new(
                "jpeg",
                ".jpg",
                [Picture(temporary, ".jpg"), .. Shared(golden, "images/jpeg-reftest", "*.jpg")],
                ReadPicture
            ),
        ];
    }

    /// <summary>Writes a file of this thread's own.</summary>
    /// <returns>Its path.</returns>
    public string Write(byte[] bytes, string folder)
    {
        string path = Path.Combine(folder, $"mutant{Environment.CurrentManagedThreadId:D}{Extension}");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static void ReadPicture(string path) => Photographs.Load(path);

    private static byte[] Picture(string folder, string extension)
    {
        string path = Path.Combine(folder, "seed" + extension);
        float[] values = [.. Enumerable.Range(0, 3 * 9 * 11).Select(i => i * 37 % 256 / 255f)];
        Photographs.Save(Tensor.From(values, [3, 9, 11]), path);
        return File.ReadAllBytes(path);
    }

    /// <summary>Files beside the clone that can be read; none where there is no such data.</summary>
    private static List<byte[]> Shared(string golden, string folder, string pattern)
    {
        string data =
                Environment.GetEnvironmentVariable("FOVEA_DATA")
                ?? Path.Combine(golden, "..", "..", "..", "shared", "data"),
            path = Path.Combine(data, folder);
        return Directory.Exists(path)
            ?
            [
                .. Directory
                    .GetFiles(path, pattern, SearchOption.AllDirectories)
                    .Order(StringComparer.Ordinal)
                    .Where(f => new FileInfo(f).Length <= MostSharedBytes)
                    .Select(File.ReadAllBytes),
            ]
            : [];
    }

    private static void ReadCheckpoint(string path)
    {
        try
        {
            PyTorchCheckpoint.Read(path);
        }
        catch (ModelFormatException e) when (e.Message.Contains("--state", StringComparison.Ordinal))
        {
            // several states: as good as read
        }
    }

    private static void OpenData(string path)
    {
        DataSource data = Datasets.Open(path);
        float[] item = new float[data.Train.ItemShape.Count];
        for (int i = 0; i < Math.Min(100, data.Train.Count); i++)
        {
            data.Train.Read(i, item);
        }
    }

    private static void OpenCifar(string path, byte[] test)
    {
        string folder = Directory.CreateDirectory(path + ".folder").FullName;
        File.Copy(path, Path.Combine(folder, "data_batch_1.bin"), overwrite: true);
        File.WriteAllBytes(Path.Combine(folder, "test_batch.bin"), test);
        OpenData(folder);
    }

    private static List<byte[]> Some(string folder, params string[] patterns) =>
        [
            .. patterns
                .SelectMany(p => Directory.GetFiles(folder, p).Order(StringComparer.Ordinal))
                .Select(File.ReadAllBytes),
        ];
}
