using Fovea.Interop.Onnx;
using Fovea.Interop.Onnx.Messages;
using Fovea.Testing;
using Google.Protobuf;
using Xunit;

namespace Fovea.Interop.Tests.Onnx;

/// <summary>Recorded cases as graphs: what the network computes node by node, its graph computes too, interpreted and, where
/// it is all Float32, compiled.</summary>
public sealed class GraphCaseTests(ITestOutputHelper output)
{
    /// <summary>How the inputs of a case are taken.</summary>
    public enum Form
    {
        /// <summary>All flow, with the recorded sizes.</summary>
        AllFlow,

        /// <summary>The first flows; the others are in the file, so weights are parameters and sizes are known.</summary>
        FirstFlows,

        /// <summary>As before, with the first axis left open.</summary>
        OpenBatch,
    }

    /// <summary>Groups and forms, with how many cases are graphs at least.</summary>
    public static TheoryData<string, Form, int> Cases { get; } =
        new()
        {
            { "node", Form.AllFlow, 309 },
            { "node", Form.FirstFlows, 405 },
            { "node", Form.OpenBatch, 308 },
            { "node-v1.10.2", Form.FirstFlows, 186 },
            { "node-v1.10.2", Form.OpenBatch, 144 },
            { "node-v1.7.0", Form.FirstFlows, 55 },
            { "node-v1.2.1", Form.FirstFlows, 106 },
            { "node-v1.2.1", Form.OpenBatch, 87 },
            { "pytorch-converted", Form.AllFlow, 41 },
            { "pytorch-converted", Form.OpenBatch, 40 },
            { "pytorch-operator", Form.OpenBatch, 15 },
        };

    [DataTheory("onnx-node")]
    [MemberData(nameof(Cases))]
    public void Graph_EveryCaseThatTraces_AgreesWithEager(string group, Form form, int least)
    {
        List<string> wrong = [];
        int compared = 0;
        Dictionary<string, int> refused = [];
        foreach (OnnxCase one in OnnxCase.Find(Path.Combine(TestData.Find("onnx-node")!, group)))
        {
            string? difference = Compare(one, form);
            compared += difference is null ? 1 : 0;
            if (difference?.StartsWith("refused", StringComparison.Ordinal) == true)
            {
                refused[difference] = refused.GetValueOrDefault(difference) + 1;
            }
            else if (difference is not null)
            {
                wrong.Add($"{one.Name}: {difference}");
            }
        }

        output.WriteLine($"{group} {form}: {compared} compared");
        foreach ((string reason, int count) in refused.OrderByDescending(r => r.Value))
        {
            output.WriteLine($"{count} {reason}");
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(compared >= least, $"{compared} cases are graphs, {least} were");
    }

    /// <summary>What differs; "refused" and why where it cannot be a graph; null where all agree.</summary>
    private static string? Compare(OnnxCase one, Form form)
    {
        OnnxNetwork network;
        Graph graph;
        OnnxValue[] inputs;
        try
        {
            network = Open(one, form, out inputs);
            if (inputs.Length == 0 || (form == Form.OpenBatch && inputs[0].Shape.Rank == 0))
            {
                return "refused: nothing flows";
            }

            graph = Graph.Trace(network, [.. network.Inputs.Select((p, i) => InputOf(p, inputs[i].Shape, form))]);
        }
        catch (Exception e)
            when (e is ModelFormatException or InvalidOperationException
                || (e is ShapeException && form == Form.OpenBatch)
            )
        {
            return $"refused: {string.Join(' ', e.Message.Split(' ').Take(12))}";
        }

        try
        {
            return Difference(network, graph, inputs);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return $"{e.GetType().Name} {e.Message} {e.StackTrace?.Split('\n')[0]}";
        }
    }

    private static string? Difference(OnnxNetwork network, Graph graph, OnnxValue[] inputs)
    {
        IReadOnlyList<OnnxValue> eager = network.Run(inputs);
        Tensor[] tensors = [.. inputs.Select(i => i.Tensor)];
        List<IReadOnlyList<Tensor>> runs = [new Interpreter(graph).Run(tensors)];
        bool isFloat = graph.Inputs.Concat(graph.Outputs).All(v => v.DType == DType.Float32);
        if (isFloat)
        {
            runs.Add(graph.Compile().RunAll(tensors));
        }

        for (int k = 0; k < runs.Count; k++)
        {
            for (int i = 0; i < eager.Count; i++)
            {
                OnnxValue got = new(eager[i].Type, runs[k][i]);
                if (RecordedData.Difference(got, eager[i], new OnnxTolerance(1e-4, 1e-5)) is { } difference)
                {
                    return $"{(k == 0 ? "interpreted" : "compiled")} {difference}\n{graph.ToListing()}";
                }
            }
        }

        return null;
    }

    private static GraphInput InputOf(OnnxPort port, Shape shape, Form form) =>
        new(
            port.Name,
            form == Form.OpenBatch ? SymbolicShape.BatchOf(Shape.Create(shape.Sizes[1..])) : SymbolicShape.Fixed(shape),
            port.DType
        );

    private static OnnxNetwork Open(OnnxCase one, Form form, out OnnxValue[] inputs)
    {
        string set = one.DataSets[0];
        if (form == Form.AllFlow)
        {
            OnnxNetwork all = OnnxNetwork.Load(one.Model);
            inputs = [.. all.Inputs.Select((p, i) => Read(set, i, p.Type))];
            return all;
        }

        ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(one.Model));
        List<ValueInfoProto> flowing =
        [
            .. model.Graph.Input.Where(i => model.Graph.Initializer.All(t => t.Name != i.Name)),
        ];
        for (int i = 1; i < flowing.Count; i++)
        {
            TensorProto tensor = TensorProto.Parser.ParseFrom(File.ReadAllBytes(Path.Combine(set, $"input_{i}.pb")));
            tensor.Name = flowing[i].Name;
            model.Graph.Initializer.Add(tensor);
        }

        OnnxNetwork network = OnnxNetwork.Read(model.ToByteArray(), one.Name);
        inputs = [.. network.Inputs.Select((p, i) => Read(set, i, p.Type))];
        return network;
    }

    private static OnnxValue Read(string set, int index, Fovea.Interop.Onnx.ElementType type)
    {
        OnnxValue value = TensorReader.ReadFile(Path.Combine(set, $"input_{index}.pb")).Value;
        return value.Type == type
            ? new OnnxValue(type, value.Tensor)
            : throw new InvalidOperationException("old test data");
    }
}
