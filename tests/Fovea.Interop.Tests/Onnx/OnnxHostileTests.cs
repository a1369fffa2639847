using Fovea.Interop.Onnx.Messages;
using Google.Protobuf;
using Xunit;
using static Fovea.Interop.Tests.Onnx.OnnxModels;

namespace Fovea.Interop.Tests.Onnx;

/// <summary>Damaged and hostile files: one exception, and no memory for what is not there.</summary>
public sealed class OnnxHostileTests
{
    private static string Refusal(ModelProto model) => Assert.Throws<ModelFormatException>(model.Open).Message;

    private static string RefusalOnRun(ModelProto model, Tensor x) =>
        Assert.Throws<ModelFormatException>(() => model.Open().Forward(x)).Message;

    [Fact]
    public void Read_EveryPrefix_IsRefusedOrRead()
    {
        byte[] whole = SmallCnn().ToByteArray();
        for (int length = 0; length < whole.Length; length++)
        {
            byte[] part = whole[..length];
            _ = Assert.ThrowsAny<ModelFormatException>(() => OnnxNetwork.Read(part));
        }
    }

    [Fact]
    public void Read_ChangedBytes_NothingButTheOneException()
    {
        byte[] whole = SmallCnn().ToByteArray();
        Random random = new(5);
        int refused = 0;
        for (int trial = 0; trial < 4000; trial++)
        {
            byte[] changed = [.. whole];
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                changed[random.Next(changed.Length)] = (byte)random.Next(256);
            }

            try
            {
                _ = OnnxNetwork.Read(changed);
            }
            catch (ModelFormatException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 500, 3900);
    }

    [Theory]
    [InlineData(new long[] { 1L << 40, 1L << 40 }, "fewer than 2^31 elements")]
    [InlineData(new long[] { -1, 4 }, "0 or more")]
    [InlineData(new long[] { 5 }, "ask for 5 elements, the file has 1")]
    public void Read_InitializerThatDoesNotFit_IsRefused(long[] dims, string expected)
    {
        ModelProto model = Model(13, [Input("x", 1)], "y", Node("Add", "x w", "y")).With(Floats("w", dims, 1f));
        Assert.Contains(expected, Refusal(model), StringComparison.Ordinal);
        Assert.Contains("initializer 'w'", Refusal(model), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_RawDataOfAnotherLength_IsRefused()
    {
        TensorProto tensor = new()
        {
            Name = "w",
            DataType = 1,
            RawData = ByteString.CopyFrom(new byte[7]),
        };
        tensor.Dims.Add(2);
        string message = Refusal(Model(13, [Input("x", 1)], "y", Node("Add", "x w", "y")).With(tensor));
        Assert.Contains("ask for 8 bytes, the file has 7", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8, "string")]
    [InlineData(14, "complex64")]
    [InlineData(17, "float8e4m3fn")]
    [InlineData(99, "type 99")]
    public void Read_ElementsThatAreNotRead_AreNamed(int type, string name)
    {
        TensorProto tensor = new() { Name = "w", DataType = type };
        string message = Refusal(Model(13, [Input("x", 1)], "y", Node("Add", "x w", "y")).With(tensor));
        Assert.Contains($"elements of {name} are not read", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MessagesDeepInOneAnother_AreRefused()
    {
        TypeProto type = new();
        for (int i = 0; i < 500; i++)
        {
            type = new TypeProto { OptionalType = new TypeProto.Types.Optional { ElemType = type } };
        }

        ModelProto model = Model(13, [new ValueInfoProto { Name = "x", Type = type }], "y", Node("Relu", "x", "y"));
        Assert.Contains("damaged", Refusal(model), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FunctionThatCallsItself_IsRefused()
    {
        FunctionProto function = new() { Name = "F", Domain = "local" };
        function.Input.Add("a");
        function.Output.Add("b");
        function.Node.Add(Node("F", "a", "b"));
        function.Node[0].Domain = "local";
        ModelProto model = Model(18, [Input("x", 1)], "y", function.Node[0].Clone());
        model.Graph.Node[0].Input[0] = "x";
        model.Graph.Node[0].Output[0] = "y";
        model.Functions.Add(function);
        Assert.Contains("deeper than 64", Refusal(model), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FunctionsThatDouble_AreRefusedBeforeMemoryIsGone()
    {
        ModelProto model = Model(18, [Input("x", 1)], "y", Node("F40", "x", "y"));
        model.Graph.Node[0].Domain = "local";
        for (int i = 40; i > 0; i--)
        {
            FunctionProto function = new() { Name = $"F{i}", Domain = "local" };
            function.Input.Add("a");
            function.Output.Add("c");
            string callee = i == 1 ? "Relu" : $"F{i - 1}";
            function.Node.AddRange([Node(callee, "a", "b"), Node(callee, "b", "c")]);
            function.Node[0].Domain = function.Node[1].Domain = i == 1 ? "" : "local";
            model.Functions.Add(function);
        }

        Assert.Contains("more often than", Refusal(model), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_Cycle_NamesTheValue()
    {
        ModelProto model = Model(13, [Input("x", 1)], "y", Node("Add", "x y", "z"), Node("Relu", "z", "y"));
        Assert.Contains("Add 'add' reads 'y' before anything computes it", Refusal(model), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ValueComputedTwice_IsRefused()
    {
        ModelProto model = Model(13, [Input("x", 1)], "y", Node("Relu", "x", "y"), Node("Abs", "x", "y"));
        Assert.Contains("which there is already", Refusal(model), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(28, 8, "opsets")]
    [InlineData(13, 99, "IR versions 3 to 13 are read, got 99")]
    [InlineData(13, 2, "IR versions 3 to 13 are read, got 2")]
    public void Read_VersionsThatAreNotRead_AreNamed(int opset, int ir, string expected)
    {
        ModelProto model = Model(opset, [Input("x", 1)], "y", Node("Relu", "x", "y"));
        model.IrVersion = ir;
        Assert.Contains(expected, Refusal(model), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_ControlFlow_IsRefusedByName()
    {
        NodeProto node = Node("If", "x", "y");
        node.Attribute.Add(
            new AttributeProto
            {
                Name = "then_branch",
                Type = AttributeProto.Types.AttributeType.Graph,
                G = new GraphProto(),
            }
        );
        Assert.Contains(
            "If (opset 13) in 'if'",
            Refusal(Model(13, [Input("x", 1)], "y", node)),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("ConstantOfShape", "huge")]
    [InlineData("Expand", "one huge")]
    [InlineData("Tile", "square huge")]
    [InlineData("Add", "row column")]
    [InlineData("MatMul", "column row")]
    [InlineData("Gemm", "column row")]
    [InlineData("Pad", "square pads")]
    public void Read_SmallFileThatAsksForMuch_IsRefused(string type, string inputs)
    {
        ModelProto model = Model(13, [Input("x", 1)], "y", Node(type, inputs, "c"), Node("Add", "x c", "y"))
            .With(
                Longs("huge", 1L << 20, 1L << 20),
                Floats("one", [1], 1f),
                Floats("square", [1, 1], 1f),
                Floats("row", [1, 1 << 16], new float[1 << 16]),
                Floats("column", [1 << 16, 1], new float[1 << 16]),
                Longs("pads", 1 << 16, 1 << 16, 1 << 16, 1 << 16)
            );
        Assert.Contains("at most 2^28 elements", Refusal(model), StringComparison.Ordinal);
    }

    [Fact]
    public void Forward_SmallFileThatAsksForMuchWhenRun_IsRefused()
    {
        ModelProto model = Model(13, [Input("x", 1, 1)], "y", Node("Tile", "x huge", "y"))
            .With(Longs("huge", 1L << 20, 1L << 20));
        Assert.Contains("Tile 'tile'", RefusalOnRun(model, Tensor.Ones([1, 1])), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AttributeOfAnotherType_IsRefused()
    {
        ModelProto model = Model(13, [Input("x", 1, 1)], "y", Node("Softmax", "x", "y", Text("axis", "1")));
        Assert.Contains(
            "attribute 'axis' must be INT, got STRING",
            RefusalOnRun(model, Tensor.Ones([1, 1])),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Load_NoFile_IsTheOneException() =>
        Assert.Contains(
            "cannot be read",
            Assert.Throws<ModelFormatException>(() => OnnxNetwork.Load("/nowhere/model.onnx")).Message,
            StringComparison.Ordinal
        );
}
