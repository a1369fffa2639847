using System.Globalization;
using Fovea.Interop.Onnx;
using Fovea.Interop.Onnx.Messages;
using Google.Protobuf;

namespace Fovea.Interop;

/// <summary>A network read from an ONNX file: a module like any other, with named parameters, which is run, traced into a
/// <see cref="Graph"/>, inspected, compiled and trained further.</summary>
/// <remarks>
/// <para>Read are the standard operators of opsets 7 to 27 in files of IR versions 3 to 13. Functions of the file are put in
/// the place of their calls, and what follows from the file alone is computed once. Weights of convolutions, products and
/// normalizations become parameters; they are never merged with one another.</para>
/// <para>As it is, the network runs every operator, also those whose sizes depend on values (<c>NonMaxSuppression</c>). In a
/// graph sizes may depend on the batch alone.</para>
/// <para>Integers and truth values are tensors of Int64, 16-bit floats tensors of Float32.</para>
/// </remarks>
public sealed class OnnxNetwork : MultiModule
{
    private readonly OnnxProgram _program;

    private OnnxNetwork(ModelProto model, string name, string? folder)
    {
        _program = OnnxBuilder.Build(model, name, folder);
        Name = name;
        IrVersion = (int)model.IrVersion;
        Opset = OnnxReader.Opsets(model.OpsetImport, name).GetValueOrDefault("", 0);
        GraphName = model.Graph.Name;
        Metadata = model
            .MetadataProps.GroupBy(p => p.Key, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Last().Value, StringComparer.Ordinal);
        Producer = string.Join(' ', new[] { model.ProducerName, model.ProducerVersion }.Where(t => t.Length > 0));
        _ = (NamedParameters(), NamedBuffers()); // gives them their paths
        Eval();
    }

    /// <summary>The file, as it was named.</summary>
    public string Name { get; }

    /// <summary>The version of the file's format.</summary>
    public int IrVersion { get; }

    /// <summary>The version of the standard operators that it is written in; 0 where it uses none.</summary>
    public int Opset { get; }

    /// <summary>The program that wrote it; empty where the file does not say.</summary>
    public string Producer { get; }

    /// <summary>What the file says beside the network, e.g. class names: texts by key.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>What the file calls its graph.</summary>
    internal string GraphName { get; }

    /// <summary>The inputs, in order. What the file gives a value is none, as IR versions below 4 list it.</summary>
    public IReadOnlyList<OnnxPort> Inputs => _program.Inputs;

    /// <summary>The outputs, in order.</summary>
    public IReadOnlyList<OnnxPort> Outputs => _program.Outputs;

    /// <summary>Reads a network. It is in evaluation; <see cref="Module.Train"/> makes normalizations use the batch.</summary>
    /// <param name="path">The file; its external data lies in the same folder.</param>
    /// <exception cref="ModelFormatException">The file cannot be read, breaks a rule of the format, is of a version that is
    /// not read, or has operators that are not supported: then all of them are listed with their nodes.</exception>
    public static OnnxNetwork Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Make(OnnxReader.Read(path), path, System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)));
    }

    /// <summary>Reads a network whose outputs are scores: a softmax at the end of one is left out.</summary>
    /// <param name="path">The file; its external data lies in the same folder.</param>
    /// <exception cref="ModelFormatException">As for <see cref="Load"/>.</exception>
    public static OnnxNetwork LoadScores(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        ModelProto model = OnnxReader.Read(path);
        OnnxStructure.LeaveSoftmaxOut(model.Graph);
        return Make(model, path, System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)));
    }

    /// <summary>Reads a network from memory.</summary>
    /// <param name="data">The bytes of a file without external data.</param>
    /// <param name="name">How messages name it.</param>
    /// <exception cref="ModelFormatException">As for <see cref="Load"/>.</exception>
    public static OnnxNetwork Read(ReadOnlyMemory<byte> data, string name = "model")
    {
        ArgumentNullException.ThrowIfNull(name);
        return Make(OnnxReader.Read(data, name), name, null);
    }

    /// <summary>Reads a file without what is learned: its structure, in which parameters and state are 0. It is small, and holds
    /// what external data the network needs besides.</summary>
    /// <param name="path">The file; its external data lies in the same folder.</param>
    /// <returns>An ONNX file, for <see cref="OfStructure"/>.</returns>
    /// <exception cref="ModelFormatException">As for <see cref="Load"/>.</exception>
    public static byte[] ReadStructure(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        ModelProto model = OnnxReader.Read(path);
        string? folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path));
        HashSet<string> learned =
        [
            .. Make(model, path, folder)
                ._program.Known.Where(k => k.Value.Tensor is Parameter or StateBuffer)
                .Select(k => k.Key),
        ];
        OnnxStructure.Empty(model, learned, folder, path);
        return model.ToByteArray();
    }

    /// <summary>A classifier of a structure, for training: a softmax at its end is left out, and the last layer gives one score
    /// a class. Parameters are 0; <see cref="Module.Initialize(ulong)"/> draws them.</summary>
    /// <param name="structure">Of <see cref="ReadStructure"/>.</param>
    /// <param name="name">How messages name it.</param>
    /// <param name="classes">Number of classes, 2 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 2 classes.</exception>
    /// <exception cref="ModelFormatException">The network has several outputs, or does not end in a layer of
    /// scores.</exception>
    public static OnnxNetwork OfStructure(ReadOnlyMemory<byte> structure, string name, int classes)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        ModelProto model = OnnxReader.Read(structure, name);
        OnnxStructure.Score(model, classes, name);
        return Make(model, name, null);
    }

    /// <summary>The network as a graph, with the batch left open.</summary>
    /// <param name="item">Shape of an item of the first input, without the batch; left out: as the file declares it.</param>
    /// <param name="training">Whether it is traced as in training.</param>
    /// <exception cref="ShapeException">The input does not fit, or a size of the file is open and no item was
    /// given.</exception>
    /// <exception cref="ModelFormatException">Sizes depend on values; the message names the node.</exception>
    public Graph ToGraph(Shape? item = null, bool training = false) =>
        Graph.Trace(this, GraphInputs(item), training, System.IO.Path.GetFileNameWithoutExtension(Name));

    /// <summary>What <see cref="Graph.Trace(Module, IReadOnlyList{GraphInput}, bool, string?)"/> takes: the inputs with their
    /// first axis as the batch, whatever the file declares for it.</summary>
    /// <param name="item">Shape of an item of the first input, without the batch; left out: as the file declares it.</param>
    /// <exception cref="ShapeException">A size of the file is open and no item was given.</exception>
    public IReadOnlyList<GraphInput> GraphInputs(Shape? item = null) =>
        [.. Inputs.Select((port, i) => InputOf(port, i == 0 ? item : null))];

    /// <summary>As <see cref="GraphInputs(Shape?)"/>, with a shape for each input.</summary>
    /// <param name="items">Shapes of items, without the batch, in the order of <see cref="Inputs"/>.</param>
    /// <exception cref="ShapeException">There are more or fewer.</exception>
    public IReadOnlyList<GraphInput> GraphInputs(IReadOnlyList<Shape> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return items.Count == Inputs.Count
            ? [.. Inputs.Select((port, i) => InputOf(port, items[i]))]
            : throw new ShapeException(
                $"{Name}: takes {Inputs.Count} inputs ({string.Join("; ", Inputs)}), got {items.Count} shapes."
            );
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Tensor> ForwardAll(params IReadOnlyList<Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Count != Inputs.Count)
        {
            throw new ShapeException(
                $"{Name}: takes {Inputs.Count} inputs ({string.Join("; ", Inputs)}), got {inputs.Count}."
            );
        }

        OnnxValue[] values = new OnnxValue[inputs.Count];
        for (int i = 0; i < values.Length; i++)
        {
            OnnxPort port = Inputs[i];
            if (inputs[i].DType != port.DType)
            {
                throw new ArgumentException(
                    $"{Name}: input '{port.Name}' is {port.ElementType}, which takes {port.DType}, got {inputs[i].DType}. Convert with To(DType.{port.DType}).",
                    nameof(inputs)
                );
            }

            values[i] = new OnnxValue(port.Type, inputs[i]);
        }

        return [.. Run(values).Select(v => v.Tensor)];
    }

    /// <summary>Runs on values that have the types of the file.</summary>
    internal IReadOnlyList<OnnxValue> Run(IReadOnlyList<OnnxValue> inputs) => _program.Run(inputs);

    /// <inheritdoc/>
    protected internal override IEnumerable<(string Name, object Member)> Members() =>
        _program.Steps.Select(s => (s.Layer.Name, (object)s.Layer)).Concat(_program.Loose);

    private static OnnxNetwork Make(ModelProto model, string name, string? folder)
    {
        try
        {
            return new OnnxNetwork(model, name, folder);
        }
        catch (ShapeException e)
        {
            throw new ModelFormatException($"{name}: {e.Message}", e);
        }
    }

    private GraphInput InputOf(OnnxPort port, Shape? item)
    {
        if (item is { } given)
        {
            return new GraphInput(port.Name, SymbolicShape.BatchOf(given), port.DType);
        }

        IReadOnlyList<string> declared = port.Sizes ?? throw Open(port);
        int[] sizes =
        [
            .. declared.Select(
                (s, i) =>
                    int.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out int size) ? size
                    : i == 0 ? 1
                    : throw Open(port)
            ),
        ];
        bool isOpen = declared is [var first, ..] && !int.TryParse(first, out _);
        return new GraphInput(
            port.Name,
            sizes.Length > 1 || isOpen
                ? SymbolicShape.BatchOf(Shape.Create(sizes.AsSpan(1)))
                : SymbolicShape.Fixed(Shape.Create(sizes)),
            port.DType
        );
    }

    private ShapeException Open(OnnxPort port) =>
        new($"{Name}: the sizes of input '{port}' are open. Give the shape of an item, without the batch.");
}
