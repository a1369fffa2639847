using Fovea.Interop.Onnx.Messages;
using Xunit;
using static Fovea.Interop.Tests.Onnx.OnnxModels;

namespace Fovea.Interop.Tests.Onnx;

/// <summary>Forms that exporters write, and where importers go wrong with them. Expected values are computed by hand; issues
/// are those of the projects named.</summary>
public sealed class OnnxFormTests
{
    private static float[] Run(ModelProto model, Tensor x) => model.Open().Forward(x).ToArray();

    /// <summary>tvm 19420, 20183; openvino 37823: to opset 12 the axes from 1 on are one.</summary>
    [Theory]
    [InlineData(11, 0.25f)]
    [InlineData(13, 0.5f)]
    public void Softmax_WithoutAxis_DependsOnOpset(int opset, float expected)
    {
        float[] y = Run(Model(opset, [Input("x", 1, 2, 2)], "y", Node("Softmax", "x", "y")), Tensor.Zeros([1, 2, 2]));
        Assert.All(y, v => Assert.Equal(expected, v, 1e-6f));
    }

    /// <summary>pytorch 183528; onnxruntime 16203; onnx 5711: a window that would begin in the back padding is dropped, and
    /// what lies behind the padding does not count.</summary>
    [Theory]
    [InlineData(3, 4, 1, new[] { 1f, 3f, 2f })] // (pad 1 2) (2 3 4) (4 pad -)
    [InlineData(3, 4, 0, new[] { 1.5f, 3f, 4f })]
    [InlineData(2, 3, 1, new[] { 0.5f, 2.5f })] // (pad 1) (2 3), not (pad -)
    [InlineData(2, 3, 0, new[] { 1f, 2.5f })]
    public void AveragePool_CeilWithPadding_DividesByWhatIsThere(
        int kernel,
        int size,
        long countPadding,
        float[] expected
    )
    {
        ModelProto model = Model(
            19,
            [Input("x", 1, 1, size)],
            "y",
            Node(
                "AveragePool",
                "x",
                "y",
                Ints("kernel_shape", kernel),
                Ints("strides", 2),
                Ints("pads", 1, 1),
                Int("ceil_mode", 1),
                Int("count_include_pad", countPadding)
            )
        );
        Tensor x = Tensor.From<float>([.. Enumerable.Range(1, size).Select(i => (float)i)], [1, 1, size]);
        Assert.Equal(expected, Run(model, x));
        Assert.Equal(expected, model.Open().ToGraph().Compile().Run(x).ToArray());
    }

    /// <summary>pytorch 13934: absent, count_include_pad is 0, unlike in PyTorch.</summary>
    [Fact]
    public void AveragePool_WithoutCountIncludePad_LeavesPaddingOut()
    {
        ModelProto model = Model(
            13,
            [Input("x", 1, 1, 2)],
            "y",
            Node("AveragePool", "x", "y", Ints("kernel_shape", 2), Ints("pads", 1, 1))
        );
        Assert.Equal([3f, 4f, 5f], Run(model, Tensor.From<float>([3f, 5f], [1, 1, 2])));
    }

    /// <summary>onnxruntime 9370, 11927; onnx 1609: three taps of 1 on inputs 2 apart; which end is cut depends on the
    /// rule.</summary>
    [Theory]
    [InlineData("SAME_UPPER", new[] { 1f, 1f, 3f, 2f })]
    [InlineData("SAME_LOWER", new[] { 1f, 3f, 2f, 2f })]
    public void ConvTranspose_AutoPad_CutsTheOtherEnd(string rule, float[] expected)
    {
        ModelProto model = Model(
                11,
                [Input("x", 1, 1, 2)],
                "y",
                Node("ConvTranspose", "x w", "y", Text("auto_pad", rule), Ints("strides", 2))
            )
            .With(Floats("w", [1, 1, 3], 1f, 1f, 1f));
        // Whole: 1 1 3 2 2; five values, of which four stay.
        Assert.Equal(expected, Run(model, Tensor.From<float>([1f, 2f], [1, 1, 2])));
    }

    [Fact]
    public void ConvTranspose_OutputShapeBeyondTheStride_HoldsTheBias()
    {
        ModelProto model = Model(
                11,
                [Input("x", 1, 1, 2)],
                "y",
                Node("ConvTranspose", "x w b", "y", Ints("output_shape", 8), Ints("strides", 2))
            )
            .With(Floats("w", [1, 1, 3], 1f, 1f, 1f), Floats("b", [1], 10f));
        Assert.Equal([11f, 11f, 13f, 12f, 12f, 10f, 10f, 10f], Run(model, Tensor.From<float>([1f, 2f], [1, 1, 2])));
    }

    /// <summary>pytorch 183523, 79361: a size of 1 takes position 0, where half_pixel takes the middle.</summary>
    [Theory]
    [InlineData("pytorch_half_pixel", 1f)]
    [InlineData("half_pixel", 2.5f)]
    public void Resize_ToOne_DependsOnCoordinates(string coordinates, float expected)
    {
        ModelProto model = Model(
                13,
                [Input("x", 1, 1, 4)],
                "y",
                Node(
                    "Resize",
                    "x _ _ sizes",
                    "y",
                    Text("mode", "linear"),
                    Text("coordinate_transformation_mode", coordinates)
                )
            )
            .With(Longs("sizes", 1, 1, 1));
        Assert.Equal([expected], Run(model, Tensor.From<float>([1f, 2f, 3f, 4f], [1, 1, 4])));
    }

    /// <summary>onnx 4275; onnxruntime 28085: ties at .5 go where the mode says.</summary>
    [Theory]
    [InlineData("round_prefer_floor", 2f)]
    [InlineData("round_prefer_ceil", 3f)]
    [InlineData("floor", 2f)]
    [InlineData("ceil", 3f)]
    public void Resize_NearestMode_DecidesTies(string mode, float expected)
    {
        // The outputs stand for positions 0, 1.5 and 3.
        ModelProto model = Model(
                13,
                [Input("x", 1, 1, 4)],
                "y",
                Node(
                    "Resize",
                    "x _ scales",
                    "y",
                    Text("mode", "nearest"),
                    Text("coordinate_transformation_mode", "align_corners"),
                    Text("nearest_mode", mode)
                )
            )
            .With(Floats("scales", [3], 1f, 1f, 0.75f));
        Assert.Equal([1f, expected, 4f], Run(model, Tensor.From<float>([1f, 2f, 3f, 4f], [1, 1, 4])));
    }

    /// <summary>pytorch 61404; ncnn 1609; onnxscript 2986: an empty name is an absent bound.</summary>
    [Theory]
    [InlineData("x _ six", new[] { -9f, 3f, 6f })]
    [InlineData("x six", new[] { 6f, 6f, 9f })]
    [InlineData("x", new[] { -9f, 3f, 9f })]
    public void Clip_AbsentBounds_AreNone(string inputs, float[] expected)
    {
        ModelProto model = Model(13, [Input("x", 3)], "y", Node("Clip", inputs, "y")).With(Floats("six", [], 6f));
        Assert.Equal(expected, Run(model, Tensor.From<float>([-9f, 3f, 9f], [3])));
    }

    [Fact]
    public void MinOfMax_IsReLU6()
    {
        ModelProto model = Model(13, [Input("x", 3)], "y", Node("Max", "x zero", "m"), Node("Min", "m six", "y"))
            .With(Floats("zero", [], 0f), Floats("six", [], 6f));
        Assert.Equal([0f, 3f, 6f], Run(model, Tensor.From<float>([-9f, 3f, 9f], [3])));
    }

    /// <summary>pytorch 21271: the slope broadcasts from the last axis on, so one a channel is [C, 1, 1].</summary>
    [Theory]
    [InlineData(new long[] { 2, 1, 1 }, new[] { -1f, -1f, -2f, -2f })]
    [InlineData(new long[] { 1, 2 }, new[] { -1f, -2f, -1f, -2f })]
    [InlineData(new long[] { 2 }, new[] { -1f, -2f, -1f, -2f })]
    public void PRelu_SlopeOfAnyRank_BroadcastsFromTheLastAxis(long[] dims, float[] expected)
    {
        ModelProto model = Model(16, [Input("x", 1, 2, 1, 2)], "y", Node("PRelu", "x slope", "y"))
            .With(Floats("slope", dims, 1f, 2f));
        OnnxNetwork network = model.Open();
        Tensor x = Tensor.Full([1, 2, 1, 2], -1.0);
        Assert.Equal(expected, network.Forward(x).ToArray());
        Assert.Equal(expected, network.ToGraph().Compile().Run(x).ToArray());
        Assert.Single(network.Parameters());
    }

    /// <summary>onnx 2212: thresholds are scalars or lists of one, and may be absent; without a number none is kept.</summary>
    [Theory]
    [InlineData("boxes scores most overlap least", new[] { 0f, 0f, 0f, 0f, 0f, 2f })]
    [InlineData("boxes scores most overlap", new[] { 0f, 0f, 0f, 0f, 0f, 2f })]
    [InlineData("boxes scores most", new[] { 0f, 0f, 0f, 0f, 0f, 2f })]
    [InlineData("boxes scores", new float[0])]
    public void NonMaxSuppression_AbsentInputs_HaveUsualValues(string inputs, float[] expected)
    {
        ModelProto model = Model(
                11,
                [Input("scores", 1, 1, 3)],
                "y",
                Node("NonMaxSuppression", inputs, "kept"),
                Node("Cast", "kept", "y", Int("to", 1))
            )
            .With(
                Floats("boxes", [1, 3, 4], 0f, 0f, 2f, 2f, 0f, 0f, 2f, 1.9f, 5f, 5f, 6f, 6f),
                Longs("most", 3),
                Floats("overlap", [], 0.5f),
                Floats("least", [1], 0f)
            );
        Assert.Equal(expected, Run(model, Tensor.From<float>([0.9f, 0.8f, 0.7f], [1, 1, 3])));
    }

    /// <summary>rten 645, and PyTorch's dynamo exporter: value_ints, CastLike, Shape with start and end.</summary>
    [Fact]
    public void Read_FormsOfDynamo_FlattensByShapeArithmetic()
    {
        OnnxNetwork network = Model(
                18,
                [Input("x", "s0", 2, 3)],
                "y",
                Node("Shape", "x", "n", Int("start", 0), Int("end", 1)),
                Node("Constant", "", "rest", Ints("value_ints", -1)),
                Node("Concat", "n rest", "shape", Int("axis", 0)),
                Node("Reshape", "x shape", "flat"),
                Node("CastLike", "one flat", "typed"),
                Node("Add", "flat typed", "y")
            )
            .With(Longs("one", 1))
            .Open();
        Tensor x = Tensor.From<float>([.. Enumerable.Range(0, 12).Select(i => (float)i)], [2, 2, 3]);
        Assert.Equal([2, 6], network.Forward(x).Shape);
        Graph graph = network.ToGraph();
        Assert.Equal("[N, 6]", graph.Output.Shape.ToString());
        Assert.Equal(2, graph.Nodes.Count);
        Assert.Equal(Enumerable.Range(1, 12).Select(i => (float)i), graph.Compile().Run(x).ToArray());
    }

    /// <summary>onnxruntime PR 12758, onnxscript PR 2887: names inside of a function are its own in each call.</summary>
    [Fact]
    public void Read_LocalFunctions_AreInlinedWithTheirAttributes()
    {
        FunctionProto inner = new() { Name = "Leaky", Domain = "local" };
        inner.Input.Add("a");
        inner.Output.Add("t");
        inner.AttributeProto.Add(Number("slope", 0.5f)); // the usual
        inner.Node.Add(Node("LeakyRelu", "a", "t"));
        inner
            .Node[0]
            .Attribute.Add(
                new AttributeProto
                {
                    Name = "alpha",
                    RefAttrName = "slope",
                    Type = AttributeProto.Types.AttributeType.Float,
                }
            );
        FunctionProto outer = new() { Name = "Twice", Domain = "local" };
        outer.Input.Add("t"); // the same name as inside of the other
        outer.Output.AddRange(["u", "t"]); // one output is the input itself
        outer.Attribute.Add("slope");
        NodeProto first = Node("Leaky", "t", "a"),
            second = Node("Leaky", "a", "u");
        first.Domain = second.Domain = "local";
        first.Attribute.Add(
            new AttributeProto
            {
                Name = "slope",
                RefAttrName = "slope",
                Type = AttributeProto.Types.AttributeType.Float,
            }
        );
        outer.Node.AddRange([first, second]);
        foreach (FunctionProto function in new[] { inner, outer })
        {
            function.OpsetImport.Add(new OperatorSetIdProto { Version = 18 });
        }

        NodeProto call = Node("Twice", "x", "p q", Number("slope", 0.25f)),
            again = Node("Twice", "p", "r s");
        call.Domain = again.Domain = "local";
        ModelProto model = Model(18, [Input("x", 1)], "y", call, again, Node("Sum", "r q s", "y"));
        model.Functions.AddRange([inner, outer]);
        // p = -8 * 0.25 * 0.5 = -1; r = -1 * 0.5 * 0.5 (usual twice) = -0.25; q = -8; s = p = -1
        Assert.Equal([-9.25f], Run(model, Tensor.From<float>([-8f], [1])));
    }

    [Fact]
    public void Read_OldBroadcastingByAxis_IsRead()
    {
        ModelProto model = Model(
                6,
                [Input("x", 1, 2, 2)],
                "y",
                Node("Add", "x b", "y", Int("broadcast", 1), Int("axis", 1))
            )
            .With(Floats("b", [2], 10f, 20f));
        Assert.Equal([10f, 10f, 20f, 20f], Run(model, Tensor.Zeros([1, 2, 2])));
    }
}
