using Fovea.Interop.Onnx.Messages;

namespace Fovea.Interop.Onnx;

/// <summary>What is written at tensors of a file that a reader would take for something else: the documentation of a tensor
/// says whether it is learned. Tensors in the slots of rows need no mark.</summary>
internal static class ReadingMarks
{
    private const string Parameter = "Fovea: parameter ",
        State = "Fovea: state",
        Constant = "Fovea: constant";

    /// <summary>Marks the tensors of nodes.</summary>
    public static void Write(IReadOnlyList<NodeProto> nodes, IReadOnlyList<OnnxTensor> tensors)
    {
        Dictionary<string, (NodeProto Node, LearnedInput Slot)> slots = [];
        foreach (NodeProto node in nodes)
        {
            foreach (LearnedInput slot in OnnxCatalog.Find(node.OpType)?.Learned ?? [])
            {
                if (slot.Input < node.Input.Count)
                {
                    slots.TryAdd(node.Input[slot.Input], (node, slot));
                }
            }
        }

        foreach (OnnxTensor tensor in tensors)
        {
            bool isInSlot =
                slots.TryGetValue(tensor.Name, out (NodeProto Node, LearnedInput Slot) use)
                && tensor.Shape.Rank >= use.Slot.LeastRank;
            bool isItsLayers =
                isInSlot && tensor.Name.LastIndexOf('.') is > 0 and int dot && tensor.Name[..dot] == use.Node.Name;
            tensor.Mark = tensor.Tensor switch
            {
                Fovea.Parameter parameter when !isItsLayers || use.Slot.IsState => $"{Parameter}{parameter.Kind}",
                StateBuffer when !isItsLayers || !use.Slot.IsState => State,
                Fovea.Parameter or StateBuffer => "",
                _ when isInSlot && !tensor.IsLearned => Constant,
                _ => "",
            };
        }
    }

    /// <summary>Whether a mark says that nobody learns a tensor.</summary>
    public static bool IsConstant(string mark) => mark == Constant;

    /// <summary>Whether a mark says that a tensor is state.</summary>
    public static bool IsState(string mark) => mark == State;

    /// <summary>The kind of parameter that a mark says; null where it says none.</summary>
    public static ParameterKind? KindOf(string mark) =>
        mark.StartsWith(Parameter, StringComparison.Ordinal)
        && Enum.TryParse(mark[Parameter.Length..], out ParameterKind kind)
        && Enum.IsDefined(kind)
            ? kind
            : null;
}
